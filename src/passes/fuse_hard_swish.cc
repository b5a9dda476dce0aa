// SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_hard_swish.h"

#include <cmath>

#include "ir/ops/activation.h"
#include "ir/ops/elementwise.h"
#include "passes/wiring.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::ValueId;

// Files round 1/6 in several ways; the slope of a hard_swish is exactly that.
bool has_swish_slope(const ir::HardSigmoidAttrs& attrs) {
  constexpr float kTolerance = 1e-6F;
  return std::fabs(attrs.alpha - 1.0F / 6.0F) < kTolerance && std::fabs(attrs.beta - 0.5F) < kTolerance;
}

// The hard_sigmoid of `data` that alone the product reads as `factor`; invalid if it is something else.
NodeId swish_factor(const Wiring& wiring, ValueId data, ValueId factor) {
  const NodeId id = wiring.producer_of_kind(factor, ir::kHardSigmoid);
  if (!id.valid() || !wiring.has_single_reader(factor)) return {};
  const ir::Node& node = wiring.graph().node(id);
  return node.inputs[0] == data && has_swish_slope(node.attrs.as<ir::HardSigmoidAttrs>()) ? id : NodeId{};
}

bool fuse(Wiring& wiring, NodeId id) {
  const ir::NodeView product(wiring.graph(), wiring.graph().node(id));
  if (&product.op() != &ir::kMul || product.output().dtype != DType::Float32) return false;
  if (product.attrs<ir::BinaryAttrs>().activation != ir::Activation::None) return false;
  const ValueId first = product.node().inputs[0];
  const ValueId second = product.node().inputs[1];
  const NodeId second_factor = swish_factor(wiring, first, second);
  const NodeId factor = second_factor.valid() ? second_factor : swish_factor(wiring, second, first);
  if (!factor.valid()) return false;
  ir::Node& node = wiring.graph().node(id);
  node.op = &ir::kHardSwish;
  node.attrs = ir::Attrs::of(ir::NoAttrs{});
  wiring.set_inputs(id, {second_factor.valid() ? first : second});
  wiring.erase(factor);
  return true;
}

}  // namespace

Result<Change> fuse_hard_swish(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    if (graph.contains(id) && fuse(wiring, id)) change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
