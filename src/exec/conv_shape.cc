// SPDX-License-Identifier: Apache-2.0
#include "exec/conv_shape.h"

namespace netfit::exec {
namespace {

ConvShape image_shape(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  const Shape& in = node.input(0).shape;
  const Shape& weights = node.input(1).shape;
  const Shape& out = node.output().shape;
  const bool depthwise = &node.op() == &ir::kDepthwiseConv2d;
  return {.images = context.batch,
          .in_height = in[1],
          .in_width = in[2],
          .in_channels = in[3],
          .out_height = out[1],
          .out_width = out[2],
          .out_channels = out[3],
          .kernel_height = weights[1],
          .kernel_width = weights[2],
          .groups = depthwise ? in[3] : ir::conv_groups(node),
          .depthwise_weights = depthwise,
          .attrs = node.attrs<ir::Conv2dAttrs>()};
}

ConvShape row_shape(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  const Shape& weights = node.input(1).shape;
  return {.images = context.batch * (node.input(0).shape.element_count() / weights[1]),
          .in_channels = weights[1],
          .out_channels = weights[0],
          .attrs = {.activation = node.attrs<ir::FullyConnectedAttrs>().activation}};
}

}  // namespace

std::optional<ConvShape> conv_shape(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  const bool is_image = &node.op() == &ir::kConv2d || &node.op() == &ir::kDepthwiseConv2d;
  if (!is_image && &node.op() != &ir::kFullyConnected) return std::nullopt;
  if (node.input(0).is_constant() || !node.input(1).is_constant()) return std::nullopt;
  if (node.has_input(2) && !node.input(2).is_constant()) return std::nullopt;
  if (ir::is_hybrid(node)) return std::nullopt;
  if (node.output().shape.element_count() == 0 || node.input(0).shape.element_count() == 0) return std::nullopt;
  return is_image ? image_shape(context) : row_shape(context);
}

}  // namespace netfit::exec
