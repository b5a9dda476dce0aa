// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "data/image.h"
#include "ir/preprocessing.h"
#include "tensor/tensor.h"

namespace netfit::data {

enum class Split { Train, Test };

/// Samples in a fixed order. Images are u8 [n,h,w,3] RGB; tensor data sets (.npz) hold what the model eats.
struct Dataset {
  std::string name;  ///< "cifar10", "cifar10 (embedded subset)", a path: as an answer should call it
  Split split = Split::Test;
  bool images = true;  ///< u8 pixels that need preprocessing; false: tensors in the model's own type and layout
  Tensor samples;
  std::vector<std::int64_t> labels;  ///< one for each sample, or empty if unknown
  std::vector<std::string> class_names;

  std::int64_t count() const { return samples.shape()[0]; }
  bool labelled() const { return !labels.empty(); }
};

struct OpenOptions {
  Split split = Split::Test;
  std::optional<std::int64_t> limit;         ///< take the first that many
  std::vector<std::filesystem::path> cache;  ///< where `cifar10` may lie as official binary files, first hit wins
  std::filesystem::path embedded;            ///< folder of the embedded subset
  /// Image folders only: every image is resized to this, the model's input. Without it their sizes must be equal.
  std::optional<Extent> extent;
};

/// `source` is "cifar10" (from the cache, else the embedded subset), a folder of the official CIFAR-10 binary files, a
/// folder with one folder of PNG or JPEG files per class (for these two, `train` and `test` sub-folders choose the
/// split if they exist), or an .npz with `x` and optionally `y`. Images of a folder come one of each class in turn,
/// classes and files in the order of their names, so that the first few are of all classes. Fails with a located fault.
Result<Dataset> open(const std::string& source, const OpenOptions& options);

}  // namespace netfit::data
