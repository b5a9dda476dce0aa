// SPDX-License-Identifier: Apache-2.0
#include "passes/decompose_hard_sigmoid.h"

#include "ir/ops/activation.h"
#include "ir/ops/elementwise.h"
#include "passes/wiring.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::ValueId;

// One op with a constant scalar, or without, inserted before `before`.
ValueId apply(Wiring& wiring, NodeId before, const ir::OpSpec& op, ValueId data, std::optional<float> scalar,
              const std::string& name) {
  std::vector<ValueId> inputs{data};
  if (scalar) {
    inputs.push_back(wiring.add_constant(name + "_constant", Tensor::from(Shape{1}, std::vector<float>{*scalar})));
  }
  const ValueId result =
      wiring.graph().add_value({.name = name, .dtype = DType::Float32, .shape = wiring.graph().value(data).shape});
  const ir::Attrs attrs = scalar ? ir::Attrs::of(ir::BinaryAttrs{}) : ir::Attrs::of(ir::NoAttrs{});
  wiring.insert(before, {.name = name, .op = &op, .attrs = attrs, .inputs = std::move(inputs), .outputs = {result}});
  return result;
}

void decompose(Wiring& wiring, NodeId id) {
  ir::Graph& graph = wiring.graph();
  const auto attrs = graph.node(id).attrs.as<ir::HardSigmoidAttrs>();
  const std::string name = graph.node(id).name;
  ValueId data = graph.node(id).inputs[0];
  const float factor = 6.0F * attrs.alpha;
  if (factor != 1.0F) data = apply(wiring, id, ir::kMul, data, factor, name + "_scaled");
  data = apply(wiring, id, ir::kAdd, data, 6.0F * attrs.beta, name + "_shifted");
  data = apply(wiring, id, ir::kRelu6, data, std::nullopt, name + "_clamped");

  graph.node(id).op = &ir::kMul;
  graph.node(id).attrs = ir::Attrs::of(ir::BinaryAttrs{});
  const Tensor sixth = Tensor::from(Shape{1}, std::vector<float>{1.0F / 6.0F});
  wiring.set_inputs(id, {data, wiring.add_constant(name + "_sixth", sixth)});
}

}  // namespace

Result<Change> decompose_hard_sigmoid(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    const ir::NodeView node(graph, graph.node(id));
    if (&node.op() != &ir::kHardSigmoid || node.input(0).dtype != DType::Float32) continue;
    decompose(wiring, id);
    change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
