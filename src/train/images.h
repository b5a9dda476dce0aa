// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>

#include "data/dataset.h"
#include "ir/preprocessing.h"
#include "train/recipe.h"

namespace netfit::train {

/// A data set on the device: uint8 images with a frame of zeros around each, so that a crop is a read at an offset.
class Images {
 public:
  /// `frame` in pixels. The data set must have images and labels.
  Images(const data::Dataset& dataset, std::int64_t frame, at::Device device);

  std::int64_t count() const { return labels_.size(0); }

  /// Samples by index (int64 [n]) as they are: uint8 [n, height, width, channels].
  at::Tensor plain(const at::Tensor& indices) const;
  /// Each cropped at its own random offset, and flipped by a coin if asked.
  at::Tensor cropped(const at::Tensor& indices, bool flip) const;
  /// int64 [n].
  at::Tensor labels(const at::Tensor& indices) const { return labels_.index_select(0, indices); }

 private:
  at::Tensor gather(const at::Tensor& indices, const at::Tensor& rows, const at::Tensor& columns) const;

  at::Tensor pixels_;  ///< [samples, height + 2 frame, width + 2 frame, channels]
  at::Tensor labels_;
  std::int64_t frame_;
  std::int64_t height_;
  std::int64_t width_;
};

/// Pixels (0 to 255, any type) as the reals that the network takes: (pixel * scale - mean) / std, float32.
at::Tensor normalize(const at::Tensor& pixels, const ir::Preprocessing& preprocessing);

}  // namespace netfit::train
