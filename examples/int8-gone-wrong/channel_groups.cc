// SPDX-License-Identifier: Apache-2.0
#include "channel_groups.h"

#include <algorithm>
#include <map>
#include <set>

#include "ir/ops.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"

namespace netfit::gone_wrong {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;

// Ops whose result is scaled by f where all their data are, f > 0, channel by channel.
bool keeps_scales(const ir::Graph& graph, const ir::Node& node) {
  const std::int64_t channels = graph.value(node.outputs.front()).shape.dim(-1);
  const auto fits = [&](ValueId value) {
    return !graph.value(value).is_constant() && graph.value(value).shape.dim(-1) == channels;
  };
  if (node.op == &ir::kAdd) {
    return std::ranges::all_of(node.inputs, fits) &&
           node.attrs.as<ir::BinaryAttrs>().activation <= ir::Activation::Relu;
  }
  const bool joins = node.op == &ir::kMean || node.op == &ir::kAveragePool2d || node.op == &ir::kMaxPool2d ||
                     node.op == &ir::kRelu || node.op == &ir::kReshape;
  return joins && fits(node.inputs.front());
}

ir::Activation activation_of(const ir::Node& layer) {
  return layer.op == &ir::kFullyConnected ? layer.attrs.as<ir::FullyConnectedAttrs>().activation
                                          : layer.attrs.as<ir::Conv2dAttrs>().activation;
}

class Finder {
 public:
  explicit Finder(const ir::Graph& graph) : graph_(graph) {}

  std::vector<ChannelGroup> find() {
    for (const ir::GraphInput& input : graph_.inputs) spoil(input.value);
    for (const NodeId id : graph_.order()) visit(id);
    for (const ir::GraphOutput& output : graph_.outputs) spoil(output.value);
    std::map<ValueId, ChannelGroup> groups;
    for (const auto& [value, parent] : parents_) groups[root(value)].values.push_back(value);
    std::vector<ChannelGroup> found;
    for (auto& [root_value, group] : groups) {
      if (spoiled_.contains(root_value)) continue;
      fill(group);
      if (!group.producers.empty() && !group.consumers.empty()) found.push_back(std::move(group));
    }
    return found;
  }

 private:
  ValueId root(ValueId value) {
    const ValueId parent = parents_.try_emplace(value, value).first->second;
    return parent == value ? value : root(parent);
  }

  void spoil(ValueId value) { spoiled_.insert(root(value)); }

  void join(ValueId a, ValueId b) {
    const ValueId first = root(a);
    const ValueId second = root(b);
    parents_[second] = first;
    if (spoiled_.contains(second)) spoiled_.insert(first);
  }

  void visit(NodeId id) {
    const ir::Node& node = graph_.node(id);
    const ValueId result = node.outputs.front();
    if (passes::is_layer(*node.op)) {
      if (activation_of(node) == ir::Activation::ReluN1To1) spoil(result);
      root(result);
      return;
    }
    if (keeps_scales(graph_, node)) {
      for (const ValueId input : node.inputs) join(result, input);
      return;
    }
    spoil(result);
    for (const ValueId input : node.inputs) {
      if (input.valid() && !graph_.value(input).is_constant()) spoil(input);
    }
  }

  void fill(ChannelGroup& group) const {
    const auto holds = [&](ValueId value) { return std::ranges::find(group.values, value) != group.values.end(); };
    for (const NodeId id : graph_.order()) {
      const ir::Node& node = graph_.node(id);
      const bool writes = holds(node.outputs.front());
      if (!passes::is_layer(*node.op)) {
        group.residual |= writes && node.op == &ir::kAdd;
        continue;
      }
      if (writes) {
        group.producers.push_back(id);
        group.clamped |= activation_of(node) == ir::Activation::Relu6;
      }
      if (holds(node.inputs.front())) group.consumers.push_back(id);
    }
  }

  const ir::Graph& graph_;
  std::map<ValueId, ValueId> parents_;
  std::set<ValueId> spoiled_;
};

template <typename Factor>
void scale_constant(ir::Graph& graph, ValueId value, const Factor& factor) {
  Tensor tensor = *graph.value(value).constant;
  const std::span<float> elements = tensor.mutable_data<float>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] = static_cast<float>(static_cast<double>(elements[i]) * factor(i));
  }
  graph.value(value).constant = std::move(tensor);
}

}  // namespace

std::vector<ChannelGroup> find_channel_groups(const ir::Graph& graph) { return Finder(graph).find(); }

void scale_outputs(ir::Graph& graph, NodeId layer, std::span<const double> factors) {
  const NodeView view(graph, graph.node(layer));
  scale_constant(graph, view.node().inputs[1],
                 [&](std::size_t i) { return factors[passes::channels_of(view, i).output]; });
  if (view.has_input(2)) scale_constant(graph, view.node().inputs[2], [&](std::size_t i) { return factors[i]; });
}

void scale_channels(ir::Graph& graph, const ChannelGroup& group, std::span<const double> factors) {
  for (const NodeId id : group.producers) scale_outputs(graph, id, factors);
  for (const NodeId id : group.consumers) {
    const NodeView view(graph, graph.node(id));
    scale_constant(graph, view.node().inputs[1],
                   [&](std::size_t i) { return 1.0 / factors[passes::channels_of(view, i).input]; });
  }
}

std::vector<std::string> names(const ir::Graph& graph, const std::vector<ValueId>& values) {
  std::vector<std::string> result;
  for (const ValueId value : values) result.push_back(graph.value(value).name);
  return result;
}

}  // namespace netfit::gone_wrong
