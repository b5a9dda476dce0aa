// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/graph_walk.h"

#include <algorithm>
#include <ranges>

#include "ir/uses.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::ValueId;

/// Values that do not depend on samples: constants, and what is computed from them alone (weights that are stored as
/// integers and widened before use).
std::unordered_set<ValueId> fixed_values(const ir::Graph& graph) {
  std::unordered_set<ValueId> fixed;
  const auto is_fixed = [&](ValueId id) { return !id.valid() || graph.value(id).is_constant() || fixed.contains(id); };
  for (const NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    if (std::ranges::all_of(node.inputs, is_fixed)) fixed.insert(node.outputs.begin(), node.outputs.end());
  }
  return fixed;
}

std::unordered_set<ValueId> read_by(const ir::Graph& graph, const std::vector<NodeId>& nodes) {
  std::unordered_set<ValueId> read;
  for (const NodeId id : nodes) read.insert(graph.node(id).inputs.begin(), graph.node(id).inputs.end());
  return read;
}

}  // namespace

ir::Graph cut_out(const ir::Graph& graph, const std::vector<ValueId>& wanted,
                  const std::unordered_set<ValueId>& known) {
  ir::Graph part = graph;
  part.inputs.clear();
  part.outputs.clear();
  for (const ValueId id : wanted) part.outputs.push_back({.value = id});
  std::unordered_set<ValueId> needed(wanted.begin(), wanted.end());
  const std::vector<NodeId> order(graph.order().begin(), graph.order().end());
  for (const NodeId id : order | std::views::reverse) {
    const ir::Node& node = graph.node(id);
    const bool computes = std::ranges::any_of(
        node.outputs, [&](ValueId value) { return needed.contains(value) && !known.contains(value); });
    if (computes) {
      needed.insert(node.inputs.begin(), node.inputs.end());
    } else {
      part.erase_node(id);
    }
  }
  for (const ValueId id : graph.values()) {
    if (!needed.contains(id)) {
      part.erase_value(id);
    } else if (known.contains(id)) {
      part.inputs.push_back({.value = id});
    }
  }
  return part;
}

void GraphWalk::take_inputs(const ir::Graph& graph) {
  if (started_) return;
  started_ = true;
  for (std::size_t i = 0; i < graph.inputs.size(); ++i) known_[graph.inputs[i].value] = samples_.inputs[i];
}

Tensor GraphWalk::reals(const ir::Graph& graph, ValueId id) const {
  const Tensor& tensor = value(id);
  if (tensor.dtype() == DType::Float32) return tensor;
  Tensor reals(DType::Float32, tensor.shape());
  const float scale = graph.value(id).quant->scale();
  const std::int32_t zero_point = graph.value(id).quant->zero_point();
  const auto widen = [&](auto integers) {
    std::ranges::transform(integers, reals.mutable_data<float>().begin(),
                           [&](std::int32_t integer) { return scale * static_cast<float>(integer - zero_point); });
  };
  if (tensor.dtype() == DType::Int8) {
    widen(tensor.data<std::int8_t>());
  } else {
    widen(tensor.data<std::int16_t>());
  }
  return reals;
}

Result<void> GraphWalk::advance(const ir::Graph& graph, NodeId stop) {
  take_inputs(graph);
  const auto end = std::ranges::find(graph.order(), stop);
  const auto is_done = [&](NodeId id) { return done_.contains(id); };
  std::vector<NodeId> now(graph.order().begin(), end);
  std::erase_if(now, is_done);
  const std::unordered_set<ValueId> later = read_by(graph, {end, graph.order().end()});

  const std::unordered_set<ValueId> fixed = fixed_values(graph);
  std::vector<ValueId> wanted;
  for (const NodeId id : now) {
    const ValueId result = graph.node(id).outputs.front();
    if (later.contains(result) && !fixed.contains(result)) wanted.push_back(result);
    done_.insert(id);
  }
  std::unordered_set<ValueId> known;
  for (const auto& [id, tensor] : known_) known.insert(id);
  if (!wanted.empty()) {
    const ir::Graph part = cut_out(graph, wanted, known);
    std::vector<Tensor> inputs;
    for (const ir::GraphInput& input : part.inputs) inputs.push_back(known_.at(input.value));
    const auto executor = NETFIT_TRY(exec::create_fast(part, samples_.engine));
    std::vector<Tensor> results = NETFIT_TRY(executor->run(inputs, samples_.progress));
    for (std::size_t i = 0; i < wanted.size(); ++i) known_[wanted[i]] = std::move(results[i]);
  }
  std::erase_if(known_, [&](const auto& entry) { return !later.contains(entry.first); });
  return {};
}

}  // namespace netfit::quant
