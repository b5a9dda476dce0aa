// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <csetjmp>
#include <cstdio>  // jpeglib.h needs it and does not include it

#include <jerror.h>
#include <jpeglib.h>

#include "data/image_codecs.h"

namespace netfit::data {
namespace {

// A progressive file may repeat scans of the whole image without end; real ones have about ten.
constexpr int kMaxScans = 100;

class JpegDecoder : public ImageDecoder {
 public:
  explicit JpegDecoder(std::span<const std::byte> bytes) : bytes_(bytes) {
    jpeg_.err = ::jpeg_std_error(&errors_);
    errors_.error_exit = &on_error;
    errors_.emit_message = &on_message;
    progress_.progress_monitor = &on_progress;
    jpeg_.client_data = this;
  }
  ~JpegDecoder() override {
    if (created_) ::jpeg_destroy_decompress(&jpeg_);
  }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;

  bool read_header() override {
    if (setjmp(on_fault_) != 0) return false;
    jpeg_create_decompress(&jpeg_);
    created_ = true;
    // Creating clears everything but `err` and `client_data`.
    jpeg_.progress = &progress_;
    jpeg_.mem->max_memory_to_use = 512L << 20;
    ::jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
    ::jpeg_read_header(&jpeg_, TRUE);
    return has_allowed_colors();
  }

  bool read_pixels(std::uint8_t* target) override {
    if (setjmp(on_fault_) != 0) return false;
    jpeg_.out_color_space = JCS_RGB;
    ::jpeg_start_decompress(&jpeg_);
    const std::size_t row = static_cast<std::size_t>(jpeg_.output_width) * 3;
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW line = target + jpeg_.output_scanline * row;
      ::jpeg_read_scanlines(&jpeg_, &line, 1);
    }
    ::jpeg_finish_decompress(&jpeg_);
    return true;
  }

  Extent extent() const override { return {jpeg_.image_height, jpeg_.image_width}; }

  std::string fault() const override {
    if (fault_[0] == '\0') return "JPEG image has four colour components (allowed: grey or three)";
    return std::string("JPEG image is damaged: ") + fault_.data();
  }

 private:
  bool has_allowed_colors() const {
    return jpeg_.jpeg_color_space == JCS_GRAYSCALE || jpeg_.jpeg_color_space == JCS_RGB ||
           jpeg_.jpeg_color_space == JCS_YCbCr;
  }

  [[noreturn]] static void stop(j_common_ptr jpeg) {
    auto* decoder = static_cast<JpegDecoder*>(jpeg->client_data);
    (*jpeg->err->format_message)(jpeg, decoder->fault_.data());
    std::longjmp(decoder->on_fault_, 1);
  }

  static void on_error(j_common_ptr jpeg) { stop(jpeg); }

  // The library makes up grey pixels for what is missing and only warns; a data set wants to know.
  static void on_message(j_common_ptr jpeg, int level) {
    const int code = jpeg->err->msg_code;
    if (level < 0 && (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER)) stop(jpeg);
  }

  static void on_progress(j_common_ptr jpeg) {
    if (!jpeg->is_decompressor || reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number <= kMaxScans) return;
    auto* decoder = static_cast<JpegDecoder*>(jpeg->client_data);
    std::snprintf(decoder->fault_.data(), decoder->fault_.size(), "it has more than %d scans", kMaxScans);
    std::longjmp(decoder->on_fault_, 1);
  }

  std::span<const std::byte> bytes_;
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf on_fault_{};
  bool created_ = false;
  std::array<char, JMSG_LENGTH_MAX> fault_{};
};

}  // namespace

std::unique_ptr<ImageDecoder> make_jpeg_decoder(std::span<const std::byte> bytes) {
  return std::make_unique<JpegDecoder>(bytes);
}

}  // namespace netfit::data
