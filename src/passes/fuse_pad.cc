// SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_pad.h"

#include "ir/builder.h"
#include "ir/ops/conv.h"
#include "ir/ops/shape.h"
#include "passes/wiring.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::NodeView;

// The padding that a zero pad of an image adds; no value if it is another kind of pad.
std::optional<ir::Padding2d> image_padding(const NodeView& pad) {
  const auto& attrs = pad.attrs<ir::PadAttrs>();
  if (attrs.value != 0.0F || attrs.before.size() != 4 || pad.input(0).quant != pad.output().quant) return std::nullopt;
  if (attrs.before[0] != 0 || attrs.before[3] != 0 || attrs.after[0] != 0 || attrs.after[3] != 0) return std::nullopt;
  return ir::Padding2d{attrs.before[1], attrs.after[1], attrs.before[2], attrs.after[2]};
}

bool fuse(Wiring& wiring, NodeId id) {
  ir::Graph& graph = wiring.graph();
  if (graph.node(id).op != &ir::kConv2d && graph.node(id).op != &ir::kDepthwiseConv2d) return false;
  const NodeId before = wiring.producer_of_kind(graph.node(id).inputs[0], ir::kPad);
  if (!before.valid()) return false;
  const std::optional<ir::Padding2d> added = image_padding(NodeView(graph, graph.node(before)));
  if (!added) return false;

  ir::Node fused = graph.node(id);
  auto attrs = fused.attrs.as<ir::Conv2dAttrs>();
  attrs.padding = {attrs.padding.top + added->top, attrs.padding.bottom + added->bottom,
                   attrs.padding.left + added->left, attrs.padding.right + added->right};
  fused.attrs = ir::Attrs::of(std::move(attrs));
  fused.inputs[0] = graph.node(before).inputs[0];
  // A convolution may not pad as far as a pad node may.
  if (!ir::infer_type(graph, fused)) return false;
  graph.node(id).attrs = fused.attrs;
  wiring.set_input(id, 0, fused.inputs[0]);
  if (wiring.is_unused(graph.node(before).outputs[0])) wiring.erase(before);
  return true;
}

}  // namespace

Result<Change> fuse_pad(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    // Several pads in a row all become padding.
    while (graph.contains(id) && fuse(wiring, id)) change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
