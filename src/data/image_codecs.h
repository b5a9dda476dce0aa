// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "data/image.h"

namespace netfit::data {

/// One image in memory, on its way to RGB. The libraries report faults by longjmp, which must not skip destructors:
/// each step is one function without objects that have any, and what lives longer is a member.
class ImageDecoder {
 public:
  virtual ~ImageDecoder() = default;
  /// Each step says whether it worked; if not, `fault` says why. read_pixels comes after read_header and fills
  /// height * width * 3 bytes.
  virtual bool read_header() = 0;
  virtual bool read_pixels(std::uint8_t* target) = 0;
  virtual Extent extent() const = 0;
  virtual std::string fault() const = 0;
};

/// `bytes` must outlive the decoder.
std::unique_ptr<ImageDecoder> make_png_decoder(std::span<const std::byte> bytes);
std::unique_ptr<ImageDecoder> make_jpeg_decoder(std::span<const std::byte> bytes);

}  // namespace netfit::data
