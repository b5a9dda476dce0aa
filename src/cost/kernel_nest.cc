// SPDX-License-Identifier: Apache-2.0
#include "cost/kernel_nest.h"

#include <algorithm>

#include "cost/schedule.h"
#include "ir/ops.h"

namespace netfit::cost {
namespace {

constexpr std::int64_t kBitsPerByte = 8;

KernelShape shape_of(const ir::NodeView& node, DType arithmetic) {
  const Shape& in = node.input(0).shape;
  const Shape& out = node.output().shape;
  return {.in_height = in[1],
          .in_width = in[2],
          .in_channels = in[3],
          .out_height = out[1],
          .out_width = out[2],
          .out_channels = out[3],
          .element_bytes = tensor::bit_width(arithmetic) / kBitsPerByte};
}

std::optional<LoopNest> convolution(const ir::NodeView& node, DType arithmetic, const Tiles& tiles) {
  const ir::Conv2dAttrs& attrs = node.attrs<ir::Conv2dAttrs>();
  if (attrs.dilation != ir::Extent2d{} || attrs.stride.height != attrs.stride.width) return std::nullopt;
  KernelShape shape = shape_of(node, arithmetic);
  shape.kernel_height = node.input(1).shape[1];
  shape.kernel_width = node.input(1).shape[2];
  shape.stride = attrs.stride.height;
  shape.pad_top = attrs.padding.top;
  shape.pad_left = attrs.padding.left;
  const bool depthwise = &node.op() == &ir::kDepthwiseConv2d;
  const bool square = shape.in_channels == shape.out_channels;  // one output channel for each of the input
  if (depthwise) return square ? std::optional(depthwise_nest(shape, tiles)) : std::nullopt;
  return ir::conv_groups(node) == 1 ? std::optional(convolution_nest(shape, tiles)) : std::nullopt;
}

std::optional<LoopNest> pool(const ir::NodeView& node, DType arithmetic, const Tiles& tiles) {
  const ir::Pool2dAttrs& attrs = node.attrs<ir::Pool2dAttrs>();
  if (attrs.stride.height != attrs.stride.width) return std::nullopt;
  KernelShape shape = shape_of(node, arithmetic);
  shape.kernel_height = attrs.window.height;
  shape.kernel_width = attrs.window.width;
  shape.stride = attrs.stride.height;
  shape.pad_top = attrs.padding.top;
  shape.pad_left = attrs.padding.left;
  return pool_nest(shape, tiles);
}

std::optional<LoopNest> fully_connected(const ir::NodeView& node, DType arithmetic, const Tiles& tiles) {
  const Shape& weights = node.input(1).shape;
  if (node.output().shape.element_count() != weights[0]) return std::nullopt;
  return fully_connected_nest({.in_channels = weights[1],
                               .out_channels = weights[0],
                               .element_bytes = tensor::bit_width(arithmetic) / kBitsPerByte},
                              tiles);
}

}  // namespace

std::optional<LoopNest> nest_of(const ir::Graph& graph, const Kernel& kernel, const device::Runtime& runtime,
                                const device::Device& device) {
  const auto tile = runtime.tiles.find(kernel.arithmetic);
  if (tile == runtime.tiles.end()) return std::nullopt;
  const Tiles tiles{.pixels = tile->second.pixels,
                    .channels = tile->second.channels,
                    .vector_bytes = device.simd.bits / kBitsPerByte};
  const ir::NodeView node(graph, graph.node(kernel.node));
  if (&node.op() == &ir::kConv2d || &node.op() == &ir::kDepthwiseConv2d) {
    return convolution(node, kernel.arithmetic, tiles);
  }
  if (&node.op() == &ir::kMaxPool2d || &node.op() == &ir::kAveragePool2d) return pool(node, kernel.arithmetic, tiles);
  if (&node.op() == &ir::kFullyConnected) return fully_connected(node, kernel.arithmetic, tiles);
  if (kernel.kind != device::KernelClass::Elementwise) return std::nullopt;
  const std::int64_t bytes = node.output().shape.element_count() * tensor::bit_width(kernel.arithmetic) / kBitsPerByte;
  const auto inputs = static_cast<std::int64_t>(std::ranges::count_if(node.node().inputs, [&](ir::ValueId input) {
    return input.valid() && graph.value(input).shape == node.output().shape;
  }));
  return elementwise_nest(std::max<std::int64_t>(1, inputs), bytes, tiles);
}

}  // namespace netfit::cost
