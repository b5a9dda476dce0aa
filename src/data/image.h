// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include "base/result.h"
#include "tensor/tensor.h"

namespace netfit::data {

struct Extent {
  std::int64_t height = 0;
  std::int64_t width = 0;
  friend bool operator==(const Extent&, const Extent&) = default;
};

/// A PNG or JPEG file as u8 [1,h,w,3] RGB. Grey and palettes become RGB, 16 bits become 8 (rounded), an alpha channel
/// is dropped. Colour profiles and EXIF rotation are not applied. Refuses CMYK, damaged or cut off files, and more than
/// 2^26 pixels.
Result<Tensor> decode_image(std::span<const std::byte> bytes);

/// The same from a file, located.
Result<Tensor> load_image(const std::filesystem::path& path);

/// u8 images [n,h,w,c] in another size: bilinear with half-pixel centres, edges repeated, rounded to the nearest. Does
/// not average when it shrinks, like the resize of most training pipelines' fast paths.
Tensor resize(const Tensor& images, Extent extent);

}  // namespace netfit::data
