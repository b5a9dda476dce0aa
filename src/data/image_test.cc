// SPDX-License-Identifier: Apache-2.0
#include "data/image.h"

#include <csetjmp>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <jpeglib.h>
#include <png.h>
#include <stdlib.h>

#include "base/files.h"
#include "support/temporary_folder.h"

namespace netfit::data {
namespace {

struct PngSpec {
  int color;
  int depth;
  unsigned width;
  unsigned height;
  int interlace = PNG_INTERLACE_NONE;
};

void append(png_structp png, png_bytep bytes, std::size_t count) {
  static_cast<std::string*>(::png_get_io_ptr(png))->append(reinterpret_cast<const char*>(bytes), count);
}

// `rows` are the raw bytes of the image as the file holds them. The palette is red, green, blue.
std::string make_png(const PngSpec& spec, std::string rows) {
  std::string out;
  png_structp png = ::png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = ::png_create_info_struct(png);
  ::png_set_write_fn(png, &out, &append, nullptr);
  ::png_set_IHDR(png, info, spec.width, spec.height, spec.depth, spec.color, spec.interlace, PNG_COMPRESSION_TYPE_BASE,
                 PNG_FILTER_TYPE_BASE);
  const png_color palette[3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}};
  if (spec.color == PNG_COLOR_TYPE_PALETTE) ::png_set_PLTE(png, info, palette, 3);
  ::png_write_info(png, info);
  std::vector<png_bytep> pointers;
  for (unsigned y = 0; y < spec.height; ++y) {
    pointers.push_back(reinterpret_cast<png_bytep>(rows.data()) + y * (rows.size() / spec.height));
  }
  ::png_write_image(png, pointers.data());
  ::png_write_end(png, info);
  ::png_destroy_write_struct(&png, &info);
  return out;
}

std::string make_jpeg(unsigned width, unsigned height, int components, bool progressive, std::uint8_t level) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = ::jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  ::jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = components;
  jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  ::jpeg_set_defaults(&jpeg);
  if (progressive) ::jpeg_simple_progression(&jpeg);
  ::jpeg_start_compress(&jpeg, TRUE);
  std::vector<std::uint8_t> row(static_cast<std::size_t>(width) * static_cast<std::size_t>(components), level);
  JSAMPROW line = row.data();
  for (unsigned y = 0; y < height; ++y) ::jpeg_write_scanlines(&jpeg, &line, 1);
  ::jpeg_finish_compress(&jpeg);
  std::string out(reinterpret_cast<const char*>(bytes), size);
  ::jpeg_destroy_compress(&jpeg);
  ::free(bytes);
  return out;
}

Result<Tensor> decode(const std::string& bytes) { return decode_image(base::as_bytes(bytes)); }

std::vector<std::int64_t> pixels(const std::string& bytes) { return tensor::to_int64s(decode(bytes).value()); }

using Pixels = std::vector<std::int64_t>;

TEST(Image, ReadsEveryColorKindOfPngAsRgb) {
  EXPECT_EQ(pixels(make_png({PNG_COLOR_TYPE_RGB, 8, 2, 1}, {1, 2, 3, 4, 5, 6})), (Pixels{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(pixels(make_png({PNG_COLOR_TYPE_GRAY, 8, 2, 1}, {7, 9})), (Pixels{7, 7, 7, 9, 9, 9}));
  EXPECT_EQ(pixels(make_png({PNG_COLOR_TYPE_GRAY, 1, 2, 1}, "\x40")), (Pixels{0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(pixels(make_png({PNG_COLOR_TYPE_GRAY_ALPHA, 8, 1, 1}, {7, 0})), (Pixels{7, 7, 7}));
  EXPECT_EQ(pixels(make_png({PNG_COLOR_TYPE_RGBA, 8, 1, 1}, {1, 2, 3, 0})), (Pixels{1, 2, 3}));
  EXPECT_EQ(pixels(make_png({PNG_COLOR_TYPE_PALETTE, 8, 3, 1}, {2, 0, 1})), (Pixels{0, 0, 255, 255, 0, 0, 0, 255, 0}));
}

TEST(Image, RoundsSixteenBitsToEight) {
  // 0x0180 / 257 = 1.494, 0x0182 / 257 = 1.502.
  EXPECT_EQ(pixels(make_png({PNG_COLOR_TYPE_RGB, 16, 1, 1}, {1, '\x80', 1, '\x82', '\xff', '\xff'})),
            (Pixels{1, 2, 255}));
}

TEST(Image, ReadsInterlacedPngLikePlain) {
  std::string rows;
  for (int i = 0; i < 9 * 9 * 3; ++i) rows += static_cast<char>(i);
  EXPECT_EQ(decode(make_png({PNG_COLOR_TYPE_RGB, 8, 9, 9, PNG_INTERLACE_ADAM7}, rows)).value(),
            decode(make_png({PNG_COLOR_TYPE_RGB, 8, 9, 9}, rows)).value());
}

TEST(Image, HasHeightBeforeWidth) {
  EXPECT_EQ(decode(make_png({PNG_COLOR_TYPE_GRAY, 8, 3, 2}, "abcdef")).value().shape(), (Shape{1, 2, 3, 3}));
  EXPECT_EQ(decode(make_jpeg(17, 5, 3, false, 100)).value().shape(), (Shape{1, 5, 17, 3}));
}

TEST(Image, ReadsGreyColorAndProgressiveJpeg) {
  for (const std::string& file :
       {make_jpeg(20, 20, 1, false, 100), make_jpeg(20, 20, 3, false, 100), make_jpeg(20, 20, 3, true, 100)}) {
    EXPECT_EQ(pixels(file), Pixels(20 * 20 * 3, 100));
  }
}

TEST(Image, RefusesCmyk) {
  EXPECT_EQ(decode(make_jpeg(8, 8, 4, false, 100)).error().what(),
            "JPEG image has four colour components (allowed: grey or three)");
}

TEST(Image, RefusesOtherFiles) {
  EXPECT_EQ(decode("GIF89a").error().what(), "is neither a PNG nor a JPEG image");
  EXPECT_EQ(decode("").error().what(), "is neither a PNG nor a JPEG image");
}

TEST(Image, RefusesSizesThatWouldFillTheMemoryBeforeItAsksForIt) {
  std::string png = make_png({PNG_COLOR_TYPE_GRAY, 8, 1, 1}, "a");
  // Width and height 100,000 in the header, whose checksum follows them.
  const std::string side("\x00\x01\x86\xa0", 4);
  png.replace(16, 8, side + side);
  const auto header = std::span(reinterpret_cast<const unsigned char*>(png.data()) + 12, 17);
  std::uint32_t crc = 0xffffffff;
  for (const unsigned char byte : header) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb88320U : 0U);
  }
  crc = ~crc;
  for (std::size_t i = 0; i < 4; ++i) png[29 + i] = static_cast<char>(crc >> (24 - 8 * i));
  EXPECT_EQ(decode(png).error().what(), "image has 100000x100000 pixels (allowed: 1 to 67108864 in all)");
}

TEST(Image, RefusesEveryCut) {
  const std::string png = make_png({PNG_COLOR_TYPE_RGB, 8, 4, 4}, std::string(48, 'x'));
  for (std::size_t i = 0; i < png.size(); ++i) EXPECT_FALSE(decode(png.substr(0, i)).has_value()) << i;
  const std::string jpeg = make_jpeg(16, 16, 3, false, 100);
  // The last two bytes are the end marker: all pixels are there without it.
  for (std::size_t i = 0; i < jpeg.size() - 2; ++i) EXPECT_FALSE(decode(jpeg.substr(0, i)).has_value()) << i;
}

TEST(Image, SurvivesEveryFlippedByte) {
  for (const std::string& good : {make_png({PNG_COLOR_TYPE_PALETTE, 8, 3, 1}, {2, 0, 1}),
                                  make_jpeg(20, 20, 3, true, 100), make_jpeg(20, 20, 3, false, 100)}) {
    for (std::size_t i = 0; i < good.size(); ++i) {
      for (const char flip : {'\x01', '\x80', '\xff'}) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ flip);
        (void)decode(bad);  // any answer, but an answer
      }
    }
  }
}

TEST(Image, NamesTheFileThatIsWrong) {
  const support::TemporaryFolder folder;
  ASSERT_TRUE(base::write_file(folder / "a.png", make_png({PNG_COLOR_TYPE_GRAY, 8, 1, 1}, "a").substr(0, 40)));
  const std::string text = load_image(folder / "a.png").error().text();
  EXPECT_EQ(text, (folder / "a.png").string() + ": error: PNG image is damaged: it ends early");
}

TEST(Resize, TakesWeightsFromHalfPixelCentres) {
  const Tensor image = Tensor::from<std::uint8_t>(Shape{1, 1, 2, 1}, std::vector<std::uint8_t>{0, 100});
  // Centres at -0.25, 0.25, 0.75, 1.25 of the source.
  EXPECT_EQ(tensor::to_int64s(resize(image, {1, 4})), (Pixels{0, 25, 75, 100}));
  EXPECT_EQ(tensor::to_int64s(resize(image, {2, 1})), (Pixels{50, 50}));
}

TEST(Resize, KeepsImagesOfTheSameSize) {
  const Tensor image = Tensor::from<std::uint8_t>(Shape{1, 2, 1, 2}, std::vector<std::uint8_t>{1, 2, 3, 4});
  EXPECT_EQ(resize(image, {2, 1}), image);
}

TEST(Resize, KeepsSamplesAndChannelsApart) {
  const Tensor images =
      Tensor::from<std::uint8_t>(Shape{2, 2, 1, 2}, std::vector<std::uint8_t>{0, 200, 10, 100, 50, 60, 70, 81});
  EXPECT_EQ(tensor::to_int64s(resize(images, {1, 1})), (Pixels{5, 150, 60, 71}));  // 70.5 rounds up
}

}  // namespace
}  // namespace netfit::data
