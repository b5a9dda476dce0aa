// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>

#include "train/images.h"
#include "train/recipe.h"

namespace netfit::train {

/// A batch as the loss sees it.
struct Batch {
  at::Tensor input;    ///< reals [n, height, width, channels]
  at::Tensor labels;   ///< int64 [n]
  at::Tensor targets;  ///< float32 [n, classes], rows sum to 1: labels smoothed and mixed
};

/// Makes training batches on the device, all samples at once and without waiting for the device: crop, flip,
/// the policy, normalization, cutout, mixup or cutmix. Random numbers come from the device's default generator.
class Augmenter {
 public:
  Augmenter(const AugmentationRecipe& recipe, double label_smoothing, const ir::Preprocessing& preprocessing,
            std::int64_t classes, at::Device device);

  Batch make(const Images& images, const at::Tensor& indices) const;

 private:
  at::Tensor normalized(const at::Tensor& pixels) const;
  void cut_out(at::Tensor& input) const;
  void mix(Batch& batch) const;

  AugmentationRecipe recipe_;
  double label_smoothing_;
  std::int64_t classes_;
  at::Tensor factor_;  ///< normalization: pixel * factor + offset, by channel
  at::Tensor offset_;
};

/// A random operation of the policy on each image: float32 [n, height, width, 3], 0 to 255, before and after.
/// TrivialAugment: Mueller and Hutter, arXiv:2103.10158, with its wide ranges; RandAugment: Cubuk et al.,
/// arXiv:1909.13719. Rotations and the like read bilinearly and fill with zeros.
at::Tensor apply_policy(const at::Tensor& pixels, const AugmentationRecipe& recipe);

}  // namespace netfit::train
