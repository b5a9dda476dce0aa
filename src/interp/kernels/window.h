// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "ir/op_spec.h"
#include "ir/ops/conv.h"
#include "tensor/shape.h"

namespace netfit::interp {

/// Part of one axis: [begin, end).
struct Interval {
  std::int64_t begin;
  std::int64_t end;
};

/// How a window slides along one image axis. The tap t of output position p reads input position
/// p * stride - padding + t * dilation.
struct WindowAxis {
  std::int64_t in;
  std::int64_t out;
  std::int64_t taps;
  std::int64_t stride;
  std::int64_t dilation;
  std::int64_t padding;

  std::int64_t origin(std::int64_t position) const { return position * stride - padding; }

  /// The taps of an output position that lie inside the image.
  Interval taps_inside(std::int64_t position) const {
    const std::int64_t first = origin(position);
    const std::int64_t before = first < 0 ? (-first + dilation - 1) / dilation : 0;
    const std::int64_t reach = in - first;
    const std::int64_t until = reach > 0 ? (reach + dilation - 1) / dilation : 0;
    return {std::min(before, taps), std::clamp(until, std::min(before, taps), taps)};
  }
};

/// A window over a channels-last image, as convolutions and pools share it.
struct Window {
  WindowAxis rows;
  WindowAxis columns;

  static Window of(const Shape& in, const Shape& out, const ir::Extent2d& taps, const ir::Extent2d& stride,
                   const ir::Extent2d& dilation, const ir::Padding2d& padding) {
    return {{in[1], out[1], taps.height, stride.height, dilation.height, padding.top},
            {in[2], out[2], taps.width, stride.width, dilation.width, padding.left}};
  }

  /// Of a conv2d or depthwise_conv2d.
  static Window of_convolution(const ir::NodeView& node) {
    const auto& attrs = node.attrs<ir::Conv2dAttrs>();
    const Shape& weights = node.input(1).shape;
    return of(node.input(0).shape, node.output().shape, {weights[1], weights[2]}, attrs.stride, attrs.dilation,
              attrs.padding);
  }
};

}  // namespace netfit::interp
