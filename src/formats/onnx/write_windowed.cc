// SPDX-License-Identifier: Apache-2.0
// Convolutions, pools and layers with weights.
#include <algorithm>

#include "formats/onnx/op_writers.h"
#include "ir/ops/conv.h"
#include "ir/ops/normalization.h"
#include "ir/ops/pool.h"

namespace netfit::formats::onnx {
namespace {

void set_extent(proto::Node& node, std::string_view name, ir::Extent2d extent) {
  set_attribute(node, name, std::vector{extent.height, extent.width});
}

void set_padding(proto::Node& node, const ir::Padding2d& padding) {
  set_attribute(node, "pads", std::vector{padding.top, padding.left, padding.bottom, padding.right});
}

// A bias without parameters of its own is in units of the products of data and weights.
std::optional<QuantParams> bias_params(const ir::NodeView& view) {
  if (!view.input(0).quant || view.input(2).quant) return view.input(2).quant;
  QuantParams product = *view.input(1).quant;
  for (float& scale : product.scales) scale *= view.input(0).quant->scale();
  if (product.is_per_channel()) product.axis = 0;
  return product;
}

std::string write_bias(NodeWriter& node) {
  const std::optional<QuantParams> params = bias_params(node.view());
  return node.file().parameter(node.input(2), {}, params ? &*params : nullptr);
}

}  // namespace

void write_conv(NodeWriter& node) {
  const auto& attrs = node.view().attrs<ir::Conv2dAttrs>();
  const bool depthwise = &node.view().op() == &ir::kDepthwiseConv2d;
  const Shape& weights = node.view().input(1).shape;
  std::vector<std::string> inputs{node.data(0)};
  // The format has weights as o x i x h x w; depthwise ones here are 1 x h x w x o.
  inputs.push_back(node.file().parameter(node.input(1), depthwise ? std::vector{3, 0, 1, 2} : std::vector{0, 3, 1, 2}));
  if (node.view().has_input(2)) inputs.push_back(write_bias(node));
  proto::Node& conv = node.add("Conv", inputs);
  set_attribute(conv, "group", depthwise ? node.view().input(0).shape[3] : ir::conv_groups(node.view()));
  set_extent(conv, "kernel_shape", {weights[1], weights[2]});
  set_extent(conv, "strides", attrs.stride);
  set_extent(conv, "dilations", attrs.dilation);
  set_padding(conv, attrs.padding);
  node.finish(attrs.activation);
}

void write_pool(NodeWriter& node) {
  const auto& attrs = node.view().attrs<ir::Pool2dAttrs>();
  const bool average = &node.view().op() == &ir::kAveragePool2d;
  proto::Node& pool = node.add(average ? "AveragePool" : "MaxPool", {node.data(0)});
  set_extent(pool, "kernel_shape", attrs.window);
  set_extent(pool, "strides", attrs.stride);
  set_padding(pool, attrs.padding);
  if (average) set_attribute(pool, "count_include_pad", std::int64_t{0});
  node.finish(attrs.activation);
}

// Gemm takes two axes; data with more goes through MatMul and Add, which broadcast.
void write_fully_connected(NodeWriter& node) {
  const auto& attrs = node.view().attrs<ir::FullyConnectedAttrs>();
  const bool has_bias = node.view().has_input(2);
  if (node.view().input(0).shape.rank() == 2) {
    std::vector<std::string> inputs{node.data(0), node.file().parameter(node.input(1), {})};
    if (has_bias) inputs.push_back(write_bias(node));
    set_attribute(node.add("Gemm", inputs), "transB", std::int64_t{1});
    return node.finish(attrs.activation);
  }
  const std::vector<std::string> factors{node.data(0), node.file().parameter(node.input(1), {1, 0})};
  if (!has_bias) {
    node.add("MatMul", factors);
    return node.finish(attrs.activation);
  }
  const std::string product = node.add_step("MatMul", factors, "product").output(0);
  node.add("Add", {product, write_bias(node)});
  node.finish(attrs.activation);
}

void write_batch_norm(NodeWriter& node) {
  std::vector<std::string> inputs{node.data(0)};
  for (std::size_t i = 1; i < 5; ++i) inputs.push_back(node.file().parameter(node.input(i), {}));
  set_attribute(node.add("BatchNormalization", inputs), "epsilon", node.view().attrs<ir::BatchNormAttrs>().epsilon);
  node.finish();
}

}  // namespace netfit::formats::onnx
