// SPDX-License-Identifier: Apache-2.0
#include "exec/float_weights.h"

#include <unordered_map>
#include <vector>

#include "ir/op_spec.h"
#include "ir/ops/conv.h"
#include "ir/ops/requantize.h"
#include "tensor/dequantize.h"

namespace netfit::exec {
namespace {

bool widens_a_constant(const ir::NodeView& node) {
  if (&node.op() != &ir::kRequantize || node.output().dtype != DType::Float32) return false;
  const ir::Value& stored = node.input(0);
  return stored.is_constant() && (stored.dtype == DType::Float16 || stored.quant);
}

}  // namespace

ir::Graph with_float_weights(const ir::Graph& graph) {
  ir::Graph result = graph;
  std::unordered_map<ir::ValueId, ir::ValueId> floats;
  for (const ir::NodeId id : std::vector<ir::NodeId>(graph.order().begin(), graph.order().end())) {
    const ir::NodeView node(result, result.node(id));
    if (widens_a_constant(node)) {
      Tensor widened = tensor::dequantize(*node.input(0).constant, node.input(0).quant);
      const ir::ValueId output = node.node().outputs[0];
      result.erase_node(id);
      result.value(output).constant = std::move(widened);
    } else if (ir::is_hybrid(node) && node.input(1).is_constant()) {
      const ir::ValueId stored = node.node().inputs[1];
      const auto [place, added] = floats.try_emplace(stored);
      if (added) {
        const ir::Value& weights = result.value(stored);
        place->second = result.add_constant(weights.name, tensor::dequantize(*weights.constant, weights.quant));
      }
      result.node(id).inputs[1] = place->second;
    }
  }
  return result;
}

}  // namespace netfit::exec
