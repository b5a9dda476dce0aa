// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/windows.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::formats::onnx {
namespace {

// Keeps the arithmetic below far from overflow; real networks stay far below.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 20;

Result<std::int64_t> expect_sane(std::string_view what, std::int64_t value, std::int64_t least) {
  if (value >= least && value <= kMostPixels) return value;
  return bad_input(fmt::format("{} {} is not supported (allowed: {} to {})", what, value, least, kMostPixels));
}

Result<std::optional<ir::Extent2d>> read_extent(const NodeReader& node, std::string_view name) {
  const auto values = NETFIT_TRY(node.integers(name));
  if (!values) return std::nullopt;
  if (values->size() != 2) {
    return bad_input(fmt::format("{} has {} elements (allowed: 2, height and width)", name, values->size()));
  }
  const std::int64_t height = NETFIT_TRY(expect_sane(name, (*values)[0], 1));
  const std::int64_t width = NETFIT_TRY(expect_sane(name, (*values)[1], 1));
  return ir::Extent2d{height, width};
}

// One axis of an image with a window that slides over it.
struct Slide {
  std::int64_t image;
  std::int64_t reach;
  std::int64_t stride;
};

// All padding that makes the result ceil(image / stride) pixels long.
std::int64_t same_padding(const Slide& slide) {
  const std::int64_t result = (slide.image + slide.stride - 1) / slide.stride;
  return std::max<std::int64_t>(0, (result - 1) * slide.stride + slide.reach - slide.image);
}

// What ceil_mode adds at the end. A window that would begin behind the image and its leading padding is dropped.
std::int64_t ceil_padding(const Slide& slide, std::int64_t before, std::int64_t after) {
  const std::int64_t room = slide.image + before + after - slide.reach;
  if (room < 0) return 0;
  std::int64_t last_start = (room + slide.stride - 1) / slide.stride * slide.stride;
  if (last_start >= slide.image + before) last_start -= slide.stride;
  return std::max<std::int64_t>(0, last_start - room);
}

Result<ir::Padding2d> explicit_padding(const NodeReader& node) {
  const auto pads = NETFIT_TRY(node.integers("pads"));
  if (!pads) return ir::Padding2d{};
  if (pads->size() != 4) {
    return bad_input(fmt::format("pads has {} elements (allowed: 4, begin and end of height and width)", pads->size()));
  }
  for (const std::int64_t pad : *pads) NETFIT_TRY(expect_sane("padding", pad, 0));
  return ir::Padding2d{.top = (*pads)[0], .bottom = (*pads)[2], .left = (*pads)[1], .right = (*pads)[3]};
}

Result<ir::Padding2d> read_padding(const NodeReader& node, const Slide& rows, const Slide& columns) {
  const std::string mode = NETFIT_TRY(node.word("auto_pad", "NOTSET"));
  if (mode == "NOTSET" || mode.empty()) return explicit_padding(node);
  if (mode == "VALID") return ir::Padding2d{};
  if (mode != "SAME_UPPER" && mode != "SAME_LOWER") {
    return bad_input(fmt::format("auto_pad '{}' is not supported (allowed: NOTSET, SAME_LOWER, SAME_UPPER, VALID)",
                                 base::printable(mode)));
  }
  // The odd pixel goes to the end (upper) or to the beginning (lower).
  const std::int64_t lower = mode == "SAME_LOWER" ? 1 : 0;
  const std::int64_t height = same_padding(rows);
  const std::int64_t width = same_padding(columns);
  const std::int64_t top = (height + lower) / 2;
  const std::int64_t left = (width + lower) / 2;
  return ir::Padding2d{.top = top, .bottom = height - top, .left = left, .right = width - left};
}

}  // namespace

Result<std::optional<ir::Extent2d>> read_kernel_shape(const NodeReader& node) {
  return read_extent(node, "kernel_shape");
}

Result<Windows> read_windows(const NodeReader& node, const Shape& image, ir::Extent2d window) {
  Windows windows{.window = window};
  NETFIT_TRY(expect_sane("window", window.height, 1));
  NETFIT_TRY(expect_sane("window", window.width, 1));
  const auto stride = NETFIT_TRY(read_extent(node, "strides"));
  const auto dilation = NETFIT_TRY(read_extent(node, "dilations"));
  windows.stride = stride.value_or(ir::Extent2d{});
  windows.dilation = dilation.value_or(ir::Extent2d{});
  const Slide rows{image[2], windows.dilation.height * (window.height - 1) + 1, windows.stride.height};
  const Slide columns{image[3], windows.dilation.width * (window.width - 1) + 1, windows.stride.width};
  windows.padding = NETFIT_TRY(read_padding(node, rows, columns));
  if (NETFIT_TRY(node.integer("ceil_mode", 0)) != 0) {
    windows.rounding = {ceil_padding(rows, windows.padding.top, windows.padding.bottom),
                        ceil_padding(columns, windows.padding.left, windows.padding.right)};
    windows.padding.bottom += windows.rounding.height;
    windows.padding.right += windows.rounding.width;
  }
  return windows;
}

Result<void> expect_image(const NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const Shape& image = node.input_shape(0);
  if (image.rank() == 4) return {};
  return bad_input(
      fmt::format("data of shape {} is not supported (allowed: 4 axes, as in n x c x h x w)", to_string(image)));
}

}  // namespace netfit::formats::onnx
