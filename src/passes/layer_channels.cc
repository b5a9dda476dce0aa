// SPDX-License-Identifier: Apache-2.0
#include "passes/layer_channels.h"

#include "ir/ops/conv.h"

namespace netfit::passes {

bool is_layer(const ir::OpSpec& op) {
  return &op == &ir::kConv2d || &op == &ir::kDepthwiseConv2d || &op == &ir::kFullyConnected;
}

Channels channels_of(const ir::NodeView& layer, std::size_t weight) {
  const Shape& shape = layer.input(1).shape;
  const auto last = static_cast<std::size_t>(shape.dim(-1));
  const std::size_t in_row = weight % last;
  if (&layer.op() == &ir::kDepthwiseConv2d) {
    const std::size_t multiplier = last / static_cast<std::size_t>(layer.input(0).shape.dim(-1));
    return {in_row, in_row / multiplier};
  }
  const auto outputs = static_cast<std::size_t>(shape[0]);
  const std::size_t output = weight / (static_cast<std::size_t>(shape.element_count()) / outputs);
  if (&layer.op() == &ir::kFullyConnected) return {output, in_row};
  const std::size_t per_group = outputs / static_cast<std::size_t>(ir::conv_groups(layer));
  return {output, output / per_group * last + in_row};
}

}  // namespace netfit::passes
