// SPDX-License-Identifier: Apache-2.0
#include "channel_groups.h"

#include <algorithm>

#include "ir/ops.h"
#include "passes/layer_channels.h"
#include "passes/node_activation.h"
#include "quant/techniques/scale_strands.h"

namespace netfit::gone_wrong {
namespace {

using ir::NodeId;
using ir::NodeView;

template <typename Factor>
void scale_constant(ir::Graph& graph, ir::ValueId value, const Factor& factor) {
  Tensor tensor = *graph.value(value).constant;
  const std::span<float> elements = tensor.mutable_data<float>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] = static_cast<float>(static_cast<double>(elements[i]) * factor(i));
  }
  graph.value(value).constant = std::move(tensor);
}

}  // namespace

std::vector<ChannelGroup> find_channel_groups(const ir::Graph& graph) {
  const passes::ChannelStrands strands(graph);
  std::vector<ChannelGroup> found;
  for (const passes::ChannelGroup& joined : strands.groups()) {
    const std::span<const passes::Strand> channels = strands.of(joined.values.front());
    if (joined.strands.size() != channels.size()) continue;
    ChannelGroup group{.values = joined.values, .channels = {channels.begin(), channels.end()}};
    for (const NodeId id : graph.order()) {
      const ir::Node& node = graph.node(id);
      if (std::ranges::find(group.values, node.outputs.front()) == group.values.end()) continue;
      group.residual |= node.op == &ir::kAdd;
      group.clamped |= passes::activation_of(node) == ir::Activation::Relu6;
      if (passes::is_layer(*node.op)) group.producers.push_back(id);
    }
    found.push_back(std::move(group));
  }
  return found;
}

void scale_outputs(ir::Graph& graph, NodeId layer, std::span<const double> factors) {
  const NodeView view(graph, graph.node(layer));
  scale_constant(graph, view.node().inputs[1],
                 [&](std::size_t i) { return factors[passes::channels_of(view, i).output]; });
  if (view.has_input(2)) scale_constant(graph, view.node().inputs[2], [&](std::size_t i) { return factors[i]; });
}

void scale_channels(ir::Graph& graph, const ChannelGroup& group, std::span<const double> factors) {
  const passes::ChannelStrands strands(graph);
  std::vector<double> of_strands(strands.count(), 1.0);
  for (std::size_t c = 0; c < group.channels.size(); ++c) of_strands[group.channels[c]] = factors[c];
  quant::scale_strands(graph, strands, of_strands);
}

std::vector<std::string> names(const ir::Graph& graph, const std::vector<ir::ValueId>& values) {
  std::vector<std::string> result;
  for (const ir::ValueId value : values) result.push_back(graph.value(value).name);
  return result;
}

}  // namespace netfit::gone_wrong
