// SPDX-License-Identifier: Apache-2.0
#include "passes/eliminate_identities.h"

#include <algorithm>

#include "ir/ops/requantize.h"
#include "ir/ops/shape.h"
#include "passes/permutation.h"
#include "passes/wiring.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::NodeView;

bool all_zero(const std::vector<std::int64_t>& counts) {
  return std::ranges::all_of(counts, [](std::int64_t count) { return count == 0; });
}

// Whether the node gives the elements that it gets. Equal types are checked by the caller.
bool keeps_elements(const NodeView& node) {
  const ir::OpSpec* op = &node.op();
  if (op == &ir::kReshape || op == &ir::kRequantize) return true;
  if (op == &ir::kConcat) return node.input_count() == 1;
  if (op == &ir::kPad) {
    const auto& attrs = node.attrs<ir::PadAttrs>();
    return all_zero(attrs.before) && all_zero(attrs.after);
  }
  if (op == &ir::kTranspose) {
    const std::optional<Permutation> perm = transposes_only(node);
    return perm && moves_nothing(node.input(0).shape, *perm);
  }
  return false;
}

bool is_identity_node(const NodeView& node) {
  const ir::Value& in = node.input(0);
  const ir::Value& out = node.output();
  return keeps_elements(node) && in.dtype == out.dtype && in.shape == out.shape && in.quant == out.quant;
}

// Lets a transpose or reshape behind one of its own kind read what that one reads.
bool join_with_producer(Wiring& wiring, NodeId id) {
  ir::Graph& graph = wiring.graph();
  const ir::OpSpec* op = graph.node(id).op;
  if (op != &ir::kTranspose && op != &ir::kReshape) return false;
  const NodeId before = wiring.producer_of_kind(graph.node(id).inputs[0], *op);
  if (!before.valid()) return false;
  const NodeView first(graph, graph.node(before));
  if (op == &ir::kTranspose) {
    const auto first_perm = transposes_only(first);
    const auto second_perm = transposes_only(NodeView(graph, graph.node(id)));
    if (!first_perm || !second_perm) return false;
    graph.node(id).attrs = transpose_attrs(compose(*first_perm, *second_perm));
  } else if (first.input(0).quant != first.output().quant) {
    return false;
  }
  wiring.set_input(id, 0, graph.node(before).inputs[0]);
  return true;
}

}  // namespace

Result<Change> eliminate_identities(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    if (join_with_producer(wiring, id)) change = Change::Made;
    const ir::Node& node = graph.node(id);
    if (!is_identity_node(NodeView(graph, node)) || !wiring.replace(node.outputs[0], node.inputs[0])) continue;
    wiring.erase(id);
    change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
