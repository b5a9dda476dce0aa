// SPDX-License-Identifier: Apache-2.0
#include "data/image.h"

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "data/image_codecs.h"

namespace netfit::data {
namespace {

constexpr std::int64_t kMaxPixels = std::int64_t{1} << 26;

bool starts_with(std::span<const std::byte> bytes, std::string_view magic) {
  return std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()).starts_with(magic);
}

Result<Tensor> decode_with(ImageDecoder& decoder) {
  if (!decoder.read_header()) return bad_input(base::printable(decoder.fault()));
  const Extent extent = decoder.extent();
  // Each side is below 2^31 in both formats, so the product cannot overflow.
  if (extent.height < 1 || extent.width < 1 || extent.height * extent.width > kMaxPixels) {
    return bad_input(
        fmt::format("image has {}x{} pixels (allowed: 1 to {} in all)", extent.width, extent.height, kMaxPixels));
  }
  Tensor image(DType::UInt8, Shape{1, extent.height, extent.width, 3});
  if (!decoder.read_pixels(image.mutable_data<std::uint8_t>().data())) {
    return bad_input(base::printable(decoder.fault()));
  }
  return image;
}

}  // namespace

Result<Tensor> decode_image(std::span<const std::byte> bytes) {
  std::unique_ptr<ImageDecoder> decoder;
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n")) {
    decoder = make_png_decoder(bytes);
  } else if (starts_with(bytes, "\xff\xd8\xff")) {
    decoder = make_jpeg_decoder(bytes);
  } else {
    return bad_input("is neither a PNG nor a JPEG image");
  }
  return decode_with(*decoder);
}

Result<Tensor> load_image(const std::filesystem::path& path) {
  const base::Bytes bytes = NETFIT_TRY(base::read_file(path));
  return located(decode_image(bytes), path.string());
}

}  // namespace netfit::data
