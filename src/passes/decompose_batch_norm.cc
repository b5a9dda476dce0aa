// SPDX-License-Identifier: Apache-2.0
#include "passes/decompose_batch_norm.h"

#include "ir/ops/elementwise.h"
#include "ir/ops/normalization.h"
#include "passes/affine.h"
#include "passes/fold_batch_norm.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::ValueId;

Tensor per_channel(const std::vector<double>& elements) {
  return Tensor::from(Shape{static_cast<std::int64_t>(elements.size())},
                      std::vector<float>(elements.begin(), elements.end()));
}

void decompose(Wiring& wiring, NodeId id, const Affine& affine) {
  ir::Graph& graph = wiring.graph();
  const std::string name = graph.node(id).name;
  const ValueId data = graph.node(id).inputs[0];
  const ValueId scaled =
      graph.add_value({.name = name + "_scaled", .dtype = DType::Float32, .shape = graph.value(data).shape});
  wiring.insert(id, {.name = name + "_scaled",
                     .op = &ir::kMul,
                     .attrs = ir::Attrs::of(ir::BinaryAttrs{}),
                     .inputs = {data, wiring.add_constant(name + "_factor", per_channel(affine.factor))},
                     .outputs = {scaled}});
  graph.node(id).op = &ir::kAdd;
  graph.node(id).attrs = ir::Attrs::of(ir::BinaryAttrs{});
  wiring.set_inputs(id, {scaled, wiring.add_constant(name + "_shift", per_channel(affine.shift))});
}

}  // namespace

Result<Change> decompose_batch_norm(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    if (graph.node(id).op != &ir::kBatchNorm || can_fold(wiring, id)) continue;
    const std::optional<Affine> affine = affine_of_batch_norm(ir::NodeView(graph, graph.node(id)));
    if (!affine) continue;
    decompose(wiring, id, *affine);
    change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
