// SPDX-License-Identifier: Apache-2.0
#include "quant/mixed/layer_candidate.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "ir/op_spec.h"
#include "passes/layer_channels.h"

namespace netfit::quant {
namespace {

using ArithmeticOf = std::unordered_map<ir::ValueId, Arithmetic>;

// The least exact of the node's data; nothing where only inputs of the graph and constants are read.
std::optional<Arithmetic> arithmetic_of_data(const ir::Node& node, const ArithmeticOf& known) {
  std::optional<Arithmetic> least;
  for (const ir::ValueId input : node.inputs) {
    const auto found = known.find(input);
    if (found == known.end()) continue;
    least = least ? std::min(*least, found->second) : found->second;  // Arithmetic is in ascending order
  }
  return least;
}

Precision plain(Arithmetic arithmetic) {
  const bool real = arithmetic == Arithmetic::Float32;
  return {.activations = arithmetic, .weights = real ? WeightType::Float32 : WeightType::Int8};
}

}  // namespace

std::vector<ir::NodeId> layers_of(const ir::Graph& graph) {
  std::vector<ir::NodeId> layers;
  std::ranges::copy_if(graph.order(), std::back_inserter(layers),
                       [&](ir::NodeId id) { return passes::is_layer(*graph.node(id).op); });
  return layers;
}

LayerOptions assemble(const ir::Graph& graph, std::span<const LayerCandidate> candidates,
                      std::span<const std::size_t> chosen) {
  const std::vector<ir::NodeId> layers = layers_of(graph);
  NETFIT_CHECK(!layers.empty() && layers.size() == chosen.size());
  LayerOptions options{.plan = {.everywhere = plain(candidates[chosen.front()].precision.activations)}};
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const LayerCandidate& candidate = candidates[chosen[i]];
    options.plan.exceptions[layers[i]] = candidate.precision;
    const auto rounding = candidate.roundings.find(layers[i]);
    if (rounding != candidate.roundings.end()) options.roundings.insert(*rounding);
  }
  ArithmeticOf known;
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    if (!options.plan.exceptions.contains(id)) {
      const bool real = node.op->integer == ir::IntegerForm::None;
      const std::optional<Arithmetic> arithmetic = real ? Arithmetic::Float32 : arithmetic_of_data(node, known);
      if (!arithmetic) continue;
      options.plan.exceptions[id] = plain(*arithmetic);
    }
    for (const ir::ValueId output : node.outputs) known[output] = options.plan.at(id).activations;
  }
  return options;
}

}  // namespace netfit::quant
