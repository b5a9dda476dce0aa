// SPDX-License-Identifier: Apache-2.0
#include "quant/stored_weights.h"

#include <unordered_set>

#include "ir/op_spec.h"
#include "ir/ops/requantize.h"
#include "ir/uses.h"
#include "passes/layer_channels.h"
#include "quant/schemes/storage.h"
#include "tensor/half.h"

namespace netfit::quant {
namespace {

ConstantRole role_of(const ir::Graph& graph, const ir::Uses& uses, ir::ValueId id) {
  for (const ir::NodeId reader : uses.readers(id)) {
    const ir::Node& node = graph.node(reader);
    if (node.op == &ir::kRequantize) return role_of(graph, uses, node.outputs[0]);
    if (!passes::is_layer(*node.op)) continue;
    if (node.inputs[1] == id) return ConstantRole::Weights;
    if (node.inputs.size() > 2 && node.inputs[2] == id) return ConstantRole::Bias;
  }
  return ConstantRole::Other;
}

}  // namespace

std::vector<StoredConstant> stored_constants(const ir::Graph& graph) {
  const ir::Uses uses(graph);
  std::unordered_set<ir::ValueId> seen;
  std::vector<StoredConstant> constants;
  for (const ir::NodeId id : graph.order()) {
    for (const ir::ValueId input : graph.node(id).inputs) {
      if (!input.valid() || !graph.value(input).is_constant() || !seen.insert(input).second) continue;
      const ir::Value& value = graph.value(input);
      constants.push_back({value.name, value.dtype, value.shape.element_count(), role_of(graph, uses, input)});
    }
  }
  return constants;
}

std::string_view why_float(const StoredConstant& constant, std::string_view scheme) {
  if (scheme == "float16") return "too few elements to pay for the operator that widens them";
  if (constant.role == ConstantRole::Bias) return "biases";
  if (constant.role == ConstantRole::Other) return "no weights of a layer";
  if (scheme == "dynamic") return "fewer than 1024 elements";
  // Whole layers may be set apart, by a recipe or by the search for mixed precisions.
  return scheme.starts_with("weight-only") ? "too few elements to pay for the operator that widens them"
                                           : "as planned for these layers";
}

std::int64_t count_vanished(const ir::Graph& before, const ir::Graph& after) {
  std::int64_t vanished = 0;
  for (const ir::ValueId id : after.values()) {
    if (!after.value(id).is_constant() || after.value(id).dtype != DType::Float16) continue;
    // The scheme keeps identities: what is stored smaller is the same value.
    if (!before.contains(id) || !before.value(id).is_constant()) continue;
    if (before.value(id).dtype != DType::Float32) continue;
    const std::span<const float> reals = before.value(id).constant->data<float>();
    const std::span<const tensor::Half> halves = after.value(id).constant->data<tensor::Half>();
    for (std::size_t i = 0; i < reals.size(); ++i) {
      vanished += reals[i] != 0.0F && tensor::to_float(halves[i]) == 0.0F ? 1 : 0;
    }
  }
  return vanished;
}

}  // namespace netfit::quant
