// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/scale_strands.h"

#include <algorithm>
#include <vector>

#include "passes/constants.h"
#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"
#include "passes/wiring.h"

namespace netfit::quant {

using ir::NodeId;
using ir::NodeView;

namespace {

Tensor scaled(const Tensor& tensor, const auto& factor_at) {
  Tensor result = tensor;
  const std::span<float> elements = result.mutable_data<float>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    elements[i] = static_cast<float>(static_cast<double>(elements[i]) * factor_at(i));
  }
  return result;
}

}  // namespace

void scale_strands(ir::Graph& graph, const passes::ChannelStrands& strands, std::span<const double> factors) {
  passes::Wiring wiring(graph);
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    const NodeView node(graph, graph.node(id));
    if (passes::has_constant_parameters(node)) {
      const std::span<const passes::Strand> data = strands.of(node.node().inputs[0]);
      const std::span<const passes::Strand> result = strands.of(node.node().outputs[0]);
      Tensor weights = scaled(*node.input(1).constant, [&](std::size_t i) {
        const passes::Channels channels = passes::channels_of(node, i);
        return factors[result[channels.output]] / factors[data[channels.input]];
      });
      passes::replace_constant(wiring, id, 1, std::move(weights));
      if (!node.has_input(2)) continue;
      Tensor bias = scaled(*node.input(2).constant, [&](std::size_t c) { return factors[result[c]]; });
      passes::replace_constant(wiring, id, 2, std::move(bias));
      continue;
    }
    const std::size_t data_inputs = std::min(node.input_count(), static_cast<std::size_t>(node.op().data_inputs));
    for (std::size_t i = 0; i < data_inputs; ++i) {
      const std::span<const passes::Strand> own = strands.of(node.node().inputs[i]);
      if (!node.input(i).is_constant() || own.empty()) continue;
      Tensor constant = scaled(*node.input(i).constant, [&](std::size_t at) { return factors[own[at % own.size()]]; });
      passes::replace_constant(wiring, id, i, std::move(constant));
    }
  }
}

}  // namespace netfit::quant
