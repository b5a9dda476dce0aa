// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/onnx/node_reader.h"
#include "ir/attr_types.h"

namespace netfit::formats::onnx {

/// What convolutions and pools have in common.
struct Windows {
  ir::Extent2d window;
  ir::Extent2d stride;
  ir::Extent2d dilation;
  ir::Padding2d padding;
  /// Of `padding`, what ceil_mode added below and at the right.
  ir::Extent2d rounding{0, 0};
};

/// Strides, dilations and paddings of a node over an image [n,c,h,w]; `window` is its kernel. auto_pad and ceil_mode
/// become explicit paddings.
Result<Windows> read_windows(const NodeReader& node, const Shape& image, ir::Extent2d window);

/// The kernel_shape attribute; no value if it is absent.
Result<std::optional<ir::Extent2d>> read_kernel_shape(const NodeReader& node);

/// Fails unless the first input is [n,c,h,w].
Result<void> expect_image(const NodeReader& node);

}  // namespace netfit::formats::onnx
