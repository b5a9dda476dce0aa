// SPDX-License-Identifier: Apache-2.0
#include "passes/widen_constants.h"

#include "ir/op_spec.h"
#include "ir/ops/requantize.h"
#include "passes/wiring.h"
#include "tensor/dequantize.h"

namespace netfit::passes {
namespace {

bool widens_a_constant(const Wiring& wiring, const ir::NodeView& node) {
  if (&node.op() != &ir::kRequantize || node.output().dtype != DType::Float32) return false;
  const ir::Value& stored = node.input(0);
  return stored.is_constant() && (stored.dtype == DType::Float16 || stored.quant) &&
         !wiring.is_output(node.node().outputs[0]);
}

}  // namespace

Result<Change> widen_constants(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  for (const ir::NodeId id : std::vector<ir::NodeId>(graph.order().begin(), graph.order().end())) {
    const ir::NodeView node(graph, graph.node(id));
    if (!widens_a_constant(wiring, node)) continue;
    wiring.become_constant(id, tensor::dequantize(*node.input(0).constant, node.input(0).quant));
    change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
