// SPDX-License-Identifier: Apache-2.0
#include "passes/flatten_order.h"

#include <optional>

#include "ir/ops/conv.h"
#include "ir/ops/infer.h"
#include "passes/constants.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::NodeView;

// Ops with one input that treat every element alike do not care about the order of elements.
bool is_elementwise(const ir::OpSpec& op) { return op.permuted == &ir::keep_attrs && op.inputs.most == 1; }

bool has_constant_columns(const NodeView& node) {
  const ir::Value& weights = node.input(1);
  return weights.is_constant() && weights.dtype != DType::Int4 && (!weights.quant || weights.quant->axis != 1);
}

// The fully connected layers that everything from `value` on ends in; no value if it ends anywhere else.
std::optional<std::vector<NodeId>> flattened_layers(const Wiring& wiring, ir::ValueId value) {
  std::vector<NodeId> layers;
  std::vector<ir::ValueId> open{value};
  while (!open.empty()) {
    const ir::ValueId current = open.back();
    open.pop_back();
    const auto& quant = wiring.graph().value(current).quant;
    if (wiring.is_output(current) || (quant && quant->is_per_channel())) return std::nullopt;
    for (const NodeId id : wiring.readers(current)) {
      const NodeView node(wiring.graph(), wiring.graph().node(id));
      if (&node.op() == &ir::kFullyConnected && node.node().inputs[0] == current && has_constant_columns(node)) {
        layers.push_back(id);
      } else if (is_elementwise(node.op())) {
        open.push_back(node.node().outputs.front());
      } else {
        return std::nullopt;
      }
    }
  }
  return layers;
}

// Column j of the weights belongs to element j of the flattened tensor, whose axes are those of `perm`.
Tensor reorder_columns(const Tensor& weights, const Shape& source, const Permutation& perm) {
  std::vector<std::int64_t> dims{weights.shape()[0]};
  for (std::size_t i = 1; i < perm.size(); ++i) dims.push_back(source[perm[i]]);
  Permutation back = inverse(perm);  // axis 0, the batch, is where the rows of the weights are
  const Tensor columns = weights.reshaped(*Shape::create(dims));
  return tensor::transpose(columns, back).reshaped(weights.shape());
}

}  // namespace

bool reorder_flattened_weights(Wiring& wiring, NodeId reshape, const Shape& source, const Permutation& perm) {
  const ir::ValueId flat = wiring.graph().node(reshape).outputs.front();
  const Shape& shape = wiring.graph().value(flat).shape;
  if (source.rank() < 1 || source[0] != 1 || perm.front() != 0 || shape.rank() != 2 || shape[0] != 1) return false;
  const std::optional<std::vector<NodeId>> layers = flattened_layers(wiring, flat);
  if (!layers) return false;
  for (const NodeId id : *layers) {
    const ir::Value& weights = wiring.graph().value(wiring.graph().node(id).inputs[1]);
    replace_constant(wiring, id, 1, reorder_columns(*weights.constant, source, perm), weights.quant);
  }
  return true;
}

}  // namespace netfit::passes
