// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/label_nodes.h"

#include "ir/op_spec.h"
#include "ir/ops.h"
#include "ir/uses.h"

namespace netfit::formats::tflite {
namespace {

bool is_layer(const ir::OpSpec& op) {
  return &op == &ir::kConv2d || &op == &ir::kDepthwiseConv2d || &op == &ir::kFullyConnected;
}

std::string why_float(const ir::NodeView& node, const ir::Uses& uses) {
  if (!is_layer(node.op())) return "its data are float";
  const ir::NodeId widening = uses.producer(node.node().inputs[1]);
  if (!widening.valid()) return "data and weights are float";
  const ir::Value& stored = node.graph().value(node.graph().node(widening).inputs[0]);
  return "its data are float, and " + std::string(tensor::name(stored.dtype)) + " weights are widened first";
}

}  // namespace

std::vector<NodeLabel> label_nodes(const ir::Graph& graph) {
  const ir::Uses uses(graph);
  std::vector<NodeLabel> labels;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (node.op().integer == ir::IntegerForm::Moves || &node.op() == &ir::kRequantize) continue;
    NodeLabel label{.node = node.node().name, .op = std::string(node.op().name), .is_layer = is_layer(node.op())};
    if (label.is_layer && ir::is_hybrid(node)) {
      label.computes = Computes::Hybrid;
    } else if (tensor::is_integer(node.input(0).dtype) && tensor::is_integer(node.output().dtype)) {
      label.computes = Computes::Integer;
    } else {
      label.reason = why_float(node, uses);
    }
    labels.push_back(std::move(label));
  }
  return labels;
}

}  // namespace netfit::formats::tflite
