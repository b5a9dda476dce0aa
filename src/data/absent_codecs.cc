// SPDX-License-Identifier: Apache-2.0
// Stands in for the files that need a library, in the preset train: CIFAR-10's binary files and .npy files need none.
#include "data/image_codecs.h"
#include "data/npy.h"

namespace netfit::data {
namespace {

class AbsentDecoder : public ImageDecoder {
 public:
  bool read_header() override { return false; }
  bool read_pixels(std::uint8_t*) override { return false; }
  Extent extent() const override { return {}; }
  std::string fault() const override { return "this netfit was built for training alone, without image formats"; }
};

}  // namespace

std::unique_ptr<ImageDecoder> make_png_decoder(std::span<const std::byte>) { return std::make_unique<AbsentDecoder>(); }
std::unique_ptr<ImageDecoder> make_jpeg_decoder(std::span<const std::byte>) {
  return std::make_unique<AbsentDecoder>();
}

Result<std::map<std::string, Tensor>> load_npz(const std::filesystem::path& path, std::span<const std::string>) {
  return located(Result<std::map<std::string, Tensor>>(
                     bad_input("cannot be read: this netfit was built for training alone, without .npz")),
                 path.string());
}

}  // namespace netfit::data
