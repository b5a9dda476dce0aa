// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/label_nodes.h"

#include "formats/tflite/tflite.h"
#include "ir/op_spec.h"
#include "ir/ops.h"
#include "ir/uses.h"

namespace netfit::formats::tflite {
namespace {

bool is_layer(const ir::OpSpec& op) {
  return &op == &ir::kConv2d || &op == &ir::kDepthwiseConv2d || &op == &ir::kFullyConnected;
}

// The weights of a layer as the file holds them, in front of a DEQUANTIZE if there is one.
const ir::Value& stored_weights(const ir::NodeView& layer, const ir::Uses& uses) {
  const ir::NodeId widening = uses.producer(layer.node().inputs[1]);
  return widening.valid() ? layer.graph().value(layer.graph().node(widening).inputs[0]) : layer.input(1);
}

std::string why_float(const ir::NodeView& node, const ir::Uses& uses) {
  if (!is_layer(node.op())) return "its data are float";
  const ir::Value& stored = stored_weights(node, uses);
  if (stored.dtype == DType::Float32) return "data and weights are float";
  return "its data are float, and " + std::string(tensor::name(stored.dtype)) + " weights are widened first";
}

void add_weights(const ir::NodeView& layer, const ir::Uses& uses, NodeLabel& label) {
  const ir::Value& stored = stored_weights(layer, uses);
  if (!stored.is_constant()) return;
  label.weights = tensor::name(stored.dtype);
  label.weight_count = stored.shape.element_count();
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
    if (label.is_layer) add_weights(node, uses, label);
    labels.push_back(std::move(label));
  }
  return labels;
}

Result<std::vector<NodeLabel>> label_nodes(std::span<const std::byte> bytes) {
  const ir::Graph graph = NETFIT_TRY(read(bytes));
  return label_nodes(graph);
}

}  // namespace netfit::formats::tflite
