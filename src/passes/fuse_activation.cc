// SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_activation.h"

#include "ir/ops/activation.h"
#include "ir/ops/conv.h"
#include "ir/ops/elementwise.h"
#include "ir/ops/pool.h"
#include "passes/wiring.h"

namespace netfit::passes {
namespace {

using ir::Activation;
using ir::NodeId;
using ir::NodeView;

// One clamp that does what two do in a row; no value if there is none.
std::optional<Activation> combine(Activation first, Activation second) {
  if (first == Activation::None || first == second) return second;
  const bool both_from_zero = first != Activation::ReluN1To1 && second != Activation::ReluN1To1;
  if (both_from_zero) return Activation::Relu6;
  return std::nullopt;
}

template <typename T>
std::optional<ir::Attrs> with_activation(const ir::Attrs& attrs, Activation activation) {
  T changed = attrs.as<T>();
  const std::optional<Activation> combined = combine(changed.activation, activation);
  if (!combined) return std::nullopt;
  changed.activation = *combined;
  return ir::Attrs::of(std::move(changed));
}

// Every op that has the attribute keeps it in one of these structs.
std::optional<ir::Attrs> with_activation(const ir::Node& node, Activation activation) {
  if (node.attrs.holds<ir::Conv2dAttrs>()) return with_activation<ir::Conv2dAttrs>(node.attrs, activation);
  if (node.attrs.holds<ir::FullyConnectedAttrs>()) {
    return with_activation<ir::FullyConnectedAttrs>(node.attrs, activation);
  }
  if (node.attrs.holds<ir::BinaryAttrs>()) return with_activation<ir::BinaryAttrs>(node.attrs, activation);
  if (node.attrs.holds<ir::Pool2dAttrs>()) return with_activation<ir::Pool2dAttrs>(node.attrs, activation);
  return std::nullopt;
}

bool fuse(Wiring& wiring, NodeId id) {
  ir::Graph& graph = wiring.graph();
  const NodeView node(graph, graph.node(id));
  const std::optional<Activation> activation = ir::as_activation(node.op());
  if (!activation) return false;
  const NodeId before = wiring.producer(node.node().inputs[0]);
  if (!before.valid() || !wiring.has_single_reader(node.node().inputs[0])) return false;
  if (node.input(0).quant != node.output().quant) return false;
  std::optional<ir::Attrs> attrs = with_activation(graph.node(before), *activation);
  if (!attrs) return false;
  graph.node(before).attrs = std::move(*attrs);
  wiring.swallow(before, id);
  return true;
}

}  // namespace

Result<Change> fuse_activation(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    if (fuse(wiring, id)) change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
