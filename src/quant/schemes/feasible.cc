// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/feasible.h"

#include <fmt/format.h>

#include "ir/ops/activation.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"
#include "quant/quantize.h"
#include "quant/schemes/storage.h"

namespace netfit::quant {
namespace {

bool lacks_int16(const ir::OpSpec& op) { return &op == &ir::kHardSwish; }

bool widens_integers(const Precision& precision) {
  return precision.activations == Arithmetic::Float32 &&
         (precision.weights == WeightType::Int8 || precision.weights == WeightType::Int4);
}

// Bytes of a .tflite file that integers take off, less the scales and the operator that widens them.
std::int64_t saved_bytes(const ir::NodeView& layer, const Precision& precision) {
  const std::int64_t elements = layer.input(1).shape.element_count();
  const std::int64_t bits = precision.weights == WeightType::Int4 ? 4 : 8;
  const std::int64_t scales = precision.granularity == Granularity::PerTensor ? 1 : layer.output().shape.dim(-1);
  return elements * (32 - bits) / 8 - 4 * scales - kWideningBytes;
}

}  // namespace

Feasible feasible(const ir::NodeView& node, const Precision& wanted) {
  Precision precision = wanted;
  if (wanted.activations == Arithmetic::Int16 && lacks_int16(node.op())) {
    precision.activations = Arithmetic::Float32;
    precision.weights = WeightType::Float32;
    return {precision, fmt::format("no runtime has a kernel for {} on 16-bit integers", node.op().name)};
  }
  if (!passes::is_layer(node.op())) return {precision, ""};
  if (widens_integers(wanted) && saved_bytes(node, wanted) <= 0) {
    precision.weights = WeightType::Float32;
    return {precision, "too few weights to pay for the operator that widens them"};
  }
  return {precision, ""};
}

std::vector<Substitution> find_substitutions(const ir::Graph& graph, const PrecisionPlan& plan) {
  std::vector<Substitution> substitutions;
  for (const ir::NodeId id : graph.order()) {
    Feasible found = feasible(ir::NodeView(graph, graph.node(id)), plan.at(id));
    if (found.reason.empty()) continue;
    substitutions.push_back({id, plan.at(id), found.precision, std::move(found.reason)});
  }
  return substitutions;
}

}  // namespace netfit::quant
