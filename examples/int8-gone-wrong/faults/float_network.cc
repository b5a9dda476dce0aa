// SPDX-License-Identifier: Apache-2.0
//
// On its way from training to the file the float network became another one. Quantization did nothing wrong.

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "channel_groups.h"
#include "faults/faults.h"
#include "ir/ops.h"
#include "passes/layer_channels.h"

namespace netfit::gone_wrong {
namespace {

using ir::NodeId;
using ir::NodeView;

std::vector<NodeId> clamped_layers(const ir::Graph& graph) {
  std::vector<NodeId> found;
  for (const NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    const bool conv = node.attrs.holds<ir::Conv2dAttrs>();
    if (conv && node.attrs.as<ir::Conv2dAttrs>().activation == ir::Activation::Relu6) found.push_back(id);
  }
  return found;
}

void make_relu(ir::Graph& graph, NodeId id) {
  auto attrs = graph.node(id).attrs.as<ir::Conv2dAttrs>();
  attrs.activation = ir::Activation::Relu;
  graph.node(id).attrs = ir::Attrs::of(attrs);
}

// Equalization for networks with relu, done to one with relu6: the clamp stays at 6 while its channels grow.
void scale_across_clamp(ir::Graph& graph, const ChannelGroup& group, Draw& draw) {
  std::vector<double> factors;
  for (std::size_t c = 0; c < group.channels.size(); ++c) factors.push_back(std::exp2(draw.real(0, 4)));
  scale_channels(graph, group, factors);
}

Result<Broken> quantized(const Workbench& bench, const ir::Graph& changed, Truth truth) {
  return Broken{bench.about(NETFIT_TRY(bench.quantize(changed))), std::move(truth)};
}

// Weights whose memory is read with two axes exchanged: [.., a, .., b, ..] as if it were [.., b, .., a, ..].
Tensor misread_axes(const Tensor& weights, int a, int b) {
  std::vector<std::int64_t> dims(weights.shape().dims().begin(), weights.shape().dims().end());
  std::swap(dims[static_cast<std::size_t>(a)], dims[static_cast<std::size_t>(b)]);
  std::vector<int> order;
  for (int axis = 0; axis < weights.shape().rank(); ++axis) order.push_back(axis == a ? b : axis == b ? a : axis);
  return tensor::transpose(weights.reshaped(*Shape::create(dims)), order);
}

Tensor rolled(const Tensor& weights, int axis, std::int64_t places) {
  Tensor result = weights;
  const std::span<float> out = result.mutable_data<float>();
  const std::span<const float> in = weights.data<float>();
  std::int64_t inner = 1;
  for (int i = axis + 1; i < weights.shape().rank(); ++i) inner *= weights.shape()[i];
  const std::int64_t length = weights.shape()[axis];
  for (std::int64_t i = 0; i < std::ssize(in); ++i) {
    const std::int64_t place = i / inner % length;
    const std::int64_t from = i + ((place + places) % length - place) * inner;
    out[static_cast<std::size_t>(i)] = in[static_cast<std::size_t>(from)];
  }
  return result;
}

struct Exchange {
  Tensor weights;
  std::string done;
};

// Ways to exchange what lies in the weights of a layer that do change it.
std::vector<Exchange> exchanges(const NodeView& layer, Draw& draw) {
  const Tensor& weights = *layer.input(1).constant;
  const int axis = ir::output_channel_axis(layer.op());
  std::vector<Exchange> all;
  all.push_back({rolled(weights, axis, draw.integer(1, weights.shape()[axis] - 1)),
                 "output channels are moved on by some places"});
  if (layer.op().data_inputs == 1 && &layer.op() != &ir::kDepthwiseConv2d) {
    const int last = weights.shape().rank() - 1;
    all.push_back({rolled(weights, last, draw.integer(1, weights.shape()[last] - 1)),
                   "input channels are moved on by some places"});
    all.push_back({misread_axes(weights, 0, last),
                   "weights are stored with input channels first and read with output channels first"});
  }
  if (&layer.op() != &ir::kFullyConnected && weights.shape()[1] > 1) {
    all.push_back(
        {tensor::transpose(weights, std::array{0, 2, 1, 3}), "height and width of the kernels are exchanged"});
  }
  std::erase_if(all, [&](const Exchange& exchange) { return exchange.weights == weights; });
  return all;
}

}  // namespace

bool has_relu6(const Workbench& bench) { return !clamped_layers(bench.optimized()).empty(); }

Result<Broken> lose_clamp(const Workbench& bench, Draw& draw) {
  ir::Graph graph = bench.optimized();
  if (draw.chance(0.25)) {
    for (const NodeId id : clamped_layers(graph)) make_relu(graph, id);
    return quantized(bench, graph, {.done = "every relu6 has become a relu"});
  }
  std::vector<ChannelGroup> groups = find_channel_groups(graph);
  std::erase_if(groups, [](const ChannelGroup& group) { return !group.clamped || group.residual; });
  if (draw.chance(0.5)) {
    for (const ChannelGroup& group : groups) scale_across_clamp(graph, group, draw);
    return quantized(bench, graph, {.done = "channels are equalized across every relu6, which still clamps at 6"});
  }
  const ChannelGroup group = draw.one_of(groups);
  scale_across_clamp(graph, group, draw);
  Truth truth{.layer = graph.node(group.producers.front()).name,
              .values = names(graph, group.values),
              .done = "channels are equalized across one relu6, which still clamps at 6"};
  return quantized(bench, graph, std::move(truth));
}

Result<Broken> exchange_axes(const Workbench& bench, Draw& draw) {
  ir::Graph graph = bench.optimized();
  std::vector<NodeId> layers;
  for (const NodeId id : graph.order()) {
    if (passes::is_layer(*graph.node(id).op)) layers.push_back(id);
  }
  const NodeId id = draw.one_of(layers);
  const Exchange exchange = draw.one_of(exchanges(NodeView(graph, graph.node(id)), draw));
  graph.value(graph.node(id).inputs[1]).constant = exchange.weights;
  return quantized(bench, graph, {.layer = graph.node(id).name, .done = exchange.done});
}

Result<Broken> lose_bias(const Workbench& bench, Draw& draw) {
  ir::Graph graph = NETFIT_TRY(bench.int8());
  std::vector<NodeId> layers;
  for (const NodeId id : graph.order()) {
    if (passes::is_layer(*graph.node(id).op)) layers.push_back(id);
  }
  const NodeId id = draw.one_of(layers);
  const NodeView layer(graph, graph.node(id));
  const double factor = draw.chance(0.5) ? 0.0 : 1.0 / static_cast<double>(layer.input(0).quant->scale());
  Tensor bias = *layer.input(2).constant;
  for (std::int32_t& element : bias.mutable_data<std::int32_t>()) {
    element = static_cast<std::int32_t>(std::clamp(std::round(element * factor), -0x1p30, 0x1p30));
  }
  const std::string done =
      factor == 0 ? "the bias of one layer is zero" : "the bias of one layer lacks the scale of its data";
  graph.value(graph.node(id).inputs[2]).constant = std::move(bias);
  std::string name = graph.node(id).name;
  return Broken{bench.about(std::move(graph)), {.layer = std::move(name), .done = done}};
}

}  // namespace netfit::gone_wrong
