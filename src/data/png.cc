// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <string_view>

#include <png.h>

#include "data/image_codecs.h"

namespace netfit::data {
namespace {

class PngDecoder : public ImageDecoder {
 public:
  explicit PngDecoder(std::span<const std::byte> bytes) : rest_(bytes) {
    png_ = ::png_create_read_struct(PNG_LIBPNG_VER_STRING, this, &on_error, &on_warning);
    info_ = png_ != nullptr ? ::png_create_info_struct(png_) : nullptr;
    set_fault("out of memory");
  }
  ~PngDecoder() override { ::png_destroy_read_struct(&png_, &info_, nullptr); }
  PngDecoder(const PngDecoder&) = delete;
  PngDecoder& operator=(const PngDecoder&) = delete;

  bool read_header() override {
    if (info_ == nullptr) return false;
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    ::png_set_read_fn(png_, this, &on_read);
    // Text chunks and the like may be packed; none is of use, so none needs memory.
    ::png_set_chunk_malloc_max(png_, 8U << 20);
    ::png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
    ::png_read_info(png_, info_);
    return true;
  }

  bool read_pixels(std::uint8_t* target) override {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    ::png_set_expand(png_);
    ::png_set_scale_16(png_);
    ::png_set_gray_to_rgb(png_);
    ::png_set_strip_alpha(png_);
    const int passes = ::png_set_interlace_handling(png_);
    ::png_read_update_info(png_, info_);
    const std::size_t row = static_cast<std::size_t>(::png_get_image_width(png_, info_)) * 3;
    if (::png_get_rowbytes(png_, info_) != row) ::png_error(png_, "rows are not RGB");
    const png_uint_32 height = ::png_get_image_height(png_, info_);
    for (int pass = 0; pass < passes; ++pass) {
      for (png_uint_32 y = 0; y < height; ++y) ::png_read_row(png_, target + y * row, nullptr);
    }
    ::png_read_end(png_, nullptr);
    return true;
  }

  Extent extent() const override { return {::png_get_image_height(png_, info_), ::png_get_image_width(png_, info_)}; }
  std::string fault() const override { return std::string("PNG image is damaged: ") + fault_.data(); }

 private:
  void set_fault(std::string_view what) {
    const std::size_t length = std::min(what.size(), fault_.size() - 1);
    std::memcpy(fault_.data(), what.data(), length);
    fault_[length] = '\0';
  }

  static void on_error(png_structp png, png_const_charp what) {
    static_cast<PngDecoder*>(::png_get_error_ptr(png))->set_fault(what);
    ::png_longjmp(png, 1);
  }

  static void on_warning(png_structp, png_const_charp) {}

  static void on_read(png_structp png, png_bytep target, std::size_t count) {
    auto* decoder = static_cast<PngDecoder*>(::png_get_io_ptr(png));
    if (decoder->rest_.size() < count) ::png_error(png, "it ends early");
    std::memcpy(target, decoder->rest_.data(), count);
    decoder->rest_ = decoder->rest_.subspan(count);
  }

  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::span<const std::byte> rest_;
  std::array<char, 128> fault_{};
};

}  // namespace

std::unique_ptr<ImageDecoder> make_png_decoder(std::span<const std::byte> bytes) {
  return std::make_unique<PngDecoder>(bytes);
}

}  // namespace netfit::data
