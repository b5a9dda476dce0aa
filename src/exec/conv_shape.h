// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "exec/step.h"
#include "ir/ops/conv.h"

namespace netfit::exec {

/// conv2d, depthwise_conv2d and fully_connected alike, as a grouped convolution over all samples of a batch. A fully
/// connected node is a 1x1 convolution whose every row is an image of one pixel.
struct ConvShape {
  std::int64_t images = 1;
  std::int64_t in_height = 1;
  std::int64_t in_width = 1;
  std::int64_t in_channels = 1;
  std::int64_t out_height = 1;
  std::int64_t out_width = 1;
  std::int64_t out_channels = 1;
  std::int64_t kernel_height = 1;
  std::int64_t kernel_width = 1;
  std::int64_t groups = 1;
  /// The weights lie as [1, kernel_height, kernel_width, out_channels] instead of [out_channels, kernel_height,
  /// kernel_width, in_channels / groups].
  bool depthwise_weights = false;
  ir::Conv2dAttrs attrs;
};

/// No value unless the node is one of the three, with constant weights and bias of the data's own kind.
std::optional<ConvShape> conv_shape(const NodeContext& context);

/// The weights as [out_channels, in_channels / groups, kernel_height, kernel_width], which is what oneDNN takes.
template <typename T>
std::vector<T> weights_oihw(const ConvShape& shape, std::span<const T> weights) {
  std::vector<T> result(weights.size());
  const std::int64_t depth = shape.in_channels / shape.groups;
  std::size_t to = 0;
  for (std::int64_t o = 0; o < shape.out_channels; ++o) {
    for (std::int64_t i = 0; i < depth; ++i) {
      for (std::int64_t pixel = 0; pixel < shape.kernel_height * shape.kernel_width; ++pixel) {
        const std::int64_t pixels = shape.kernel_height * shape.kernel_width;
        const std::int64_t from =
            shape.depthwise_weights ? pixel * shape.out_channels + o : (o * pixels + pixel) * depth + i;
        result[to++] = weights[static_cast<std::size_t>(from)];
      }
    }
  }
  return result;
}

}  // namespace netfit::exec
