// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "formats/onnx/windows.h"
#include "ir/ops/pool.h"
#include "ir/ops/reduce.h"
#include "ir/ops/shape.h"

namespace netfit::formats::onnx {
namespace {

Result<Windows> read_pool_windows(const NodeReader& node) {
  NETFIT_TRY(expect_image(node));
  const auto window = NETFIT_TRY(read_kernel_shape(node));
  if (!window) return bad_input("attribute 'kernel_shape' is missing");
  Windows windows = NETFIT_TRY(read_windows(node, node.input_shape(0), *window));
  if (windows.dilation != ir::Extent2d{}) {
    return bad_input(fmt::format("dilation {} is not supported (allowed: 1x1)", ir::attr_text(windows.dilation)));
  }
  return windows;
}

ir::Attrs pool_attrs(const Windows& windows) {
  return ir::Attrs::of(ir::Pool2dAttrs{.window = windows.window, .stride = windows.stride, .padding = windows.padding});
}

// Zeros that take part in the average are a node of their own.
Result<ir::ValueId> pad_with_zeros(NodeReader& node, ir::ValueId image, ir::Padding2d& padding) {
  ir::PadAttrs attrs{.before = {0, padding.top, padding.left, 0}, .after = {0, padding.bottom, padding.right, 0}};
  padding = {};
  return node.add(ir::kPad, {image}, ir::Attrs::of(std::move(attrs)), "pad");
}

}  // namespace

Result<void> read_average_pool(NodeReader& node) {
  Windows windows = NETFIT_TRY(read_pool_windows(node));
  const bool counts_padding = NETFIT_TRY(node.integer("count_include_pad", 0)) != 0;
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  ir::ValueId image = NETFIT_TRY(node.channels_last(value));
  if (counts_padding && !windows.padding.none()) {
    if (windows.rounding != ir::Extent2d{0, 0}) {
      return bad_input("count_include_pad together with a ceil_mode that adds pixels is not supported");
    }
    image = NETFIT_TRY(pad_with_zeros(node, image, windows.padding));
  }
  return node.finish_channels_last(ir::kAveragePool2d, {image}, pool_attrs(windows));
}

Result<void> read_max_pool(NodeReader& node) {
  const Windows windows = NETFIT_TRY(read_pool_windows(node));
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  const ir::ValueId image = NETFIT_TRY(node.channels_last(value));
  return node.finish_channels_last(ir::kMaxPool2d, {image}, pool_attrs(windows));
}

Result<void> read_global_average_pool(NodeReader& node) {
  NETFIT_TRY(expect_image(node));
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  const ir::ValueId image = NETFIT_TRY(node.channels_last(value));
  return node.finish_channels_last(ir::kMean, {image},
                                   ir::Attrs::of(ir::ReduceAttrs{.axes = {1, 2}, .keep_dims = true}));
}

Result<void> read_global_max_pool(NodeReader& node) {
  NETFIT_TRY(expect_image(node));
  const Shape& image = node.input_shape(0);
  const Windows windows{.window = {image[2], image[3]}};
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  const ir::ValueId last = NETFIT_TRY(node.channels_last(value));
  return node.finish_channels_last(ir::kMaxPool2d, {last}, pool_attrs(windows));
}

}  // namespace netfit::formats::onnx
