// SPDX-License-Identifier: Apache-2.0
//
// A layer followed by y = f*x + s has weights w*f and bias b*f + s, per output channel. A layer behind y = f*x + s has
// weights w*f per input channel, and its bias grows by the sum of w*s over everything a window covers.

#include "passes/fold_batch_norm.h"

#include <algorithm>

#include "ir/ops/conv.h"
#include "ir/ops/normalization.h"
#include "passes/affine.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"
#include "passes/node_activation.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;

void scale_outputs(Wiring& wiring, NodeId id, const Affine& affine) {
  const NodeView layer(wiring.graph(), wiring.graph().node(id));
  std::vector<double> weights = tensor::to_doubles(*layer.input(1).constant);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] *= affine.factor[channels_of(layer, i).output];
  }
  std::vector<double> bias = bias_of(layer);
  for (std::size_t c = 0; c < bias.size(); ++c) bias[c] = bias[c] * affine.factor[c] + affine.shift[c];
  set_parameters(wiring, id, weights, bias);
}

void scale_inputs(Wiring& wiring, NodeId id, const Affine& affine) {
  const NodeView layer(wiring.graph(), wiring.graph().node(id));
  std::vector<double> weights = tensor::to_doubles(*layer.input(1).constant);
  std::vector<double> bias = bias_of(layer);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Channels channels = channels_of(layer, i);
    bias[channels.output] += weights[i] * affine.shift[channels.input];
    weights[i] *= affine.factor[channels.input];
  }
  set_parameters(wiring, id, weights, bias);
}

/// The layer that alone reads `batch_norm`'s result and whose padding stays right; invalid if there is none.
NodeId layer_behind(const Wiring& wiring, NodeId batch_norm, const Affine& affine) {
  const ValueId result = wiring.graph().node(batch_norm).outputs[0];
  if (!wiring.has_single_reader(result)) return {};
  const NodeId id = wiring.readers(result).front();
  const NodeView layer(wiring.graph(), wiring.graph().node(id));
  if (!has_constant_parameters(layer) || layer.node().inputs[0] != result) return {};
  const bool pads = &layer.op() != &ir::kFullyConnected && !layer.attrs<ir::Conv2dAttrs>().padding.none();
  const bool keeps_zero = std::ranges::all_of(affine.shift, [](double shift) { return shift == 0.0; });
  return pads && !keeps_zero ? NodeId{} : id;
}

std::optional<Affine> affine_of(const Wiring& wiring, NodeId id) {
  const NodeView node(wiring.graph(), wiring.graph().node(id));
  return &node.op() == &ir::kBatchNorm ? affine_of_batch_norm(node) : std::nullopt;
}

bool fold_into_layer_before(Wiring& wiring, NodeId batch_norm) {
  const std::optional<Affine> affine = affine_of(wiring, batch_norm);
  const NodeId layer = affine ? layer_before(wiring, batch_norm) : NodeId{};
  if (!layer.valid()) return false;
  scale_outputs(wiring, layer, *affine);
  wiring.swallow(layer, batch_norm);
  return true;
}

bool fold_into_layer_behind(Wiring& wiring, NodeId batch_norm) {
  const std::optional<Affine> affine = affine_of(wiring, batch_norm);
  const NodeId layer = affine ? layer_behind(wiring, batch_norm, *affine) : NodeId{};
  if (!layer.valid()) return false;
  scale_inputs(wiring, layer, *affine);
  wiring.set_input(layer, 0, wiring.graph().node(batch_norm).inputs[0]);
  wiring.erase(batch_norm);
  return true;
}

}  // namespace

ir::NodeId layer_before(const Wiring& wiring, NodeId batch_norm) {
  const ValueId data = wiring.graph().node(batch_norm).inputs[0];
  const NodeId id = wiring.producer(data);
  if (!id.valid() || !wiring.has_single_reader(data)) return {};
  const NodeView layer(wiring.graph(), wiring.graph().node(id));
  return has_constant_parameters(layer) && activation_of(layer.node()) == ir::Activation::None ? id : NodeId{};
}

bool can_fold(const Wiring& wiring, NodeId batch_norm) {
  const std::optional<Affine> affine = affine_of(wiring, batch_norm);
  return affine && (layer_before(wiring, batch_norm).valid() || layer_behind(wiring, batch_norm, *affine).valid());
}

Result<Change> fold_batch_norm(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  // Down for the layers before, then up for those behind, so that of several in a row each meets its layer.
  const std::vector<NodeId> order(graph.order().begin(), graph.order().end());
  for (const NodeId id : order) {
    if (fold_into_layer_before(wiring, id)) change = Change::Made;
  }
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    if (graph.contains(*id) && fold_into_layer_behind(wiring, *id)) change = Change::Made;
  }
  return change;
}

Result<Change> fold_batch_norm_behind(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  const std::vector<NodeId> order(graph.order().begin(), graph.order().end());
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    if (graph.node(*id).op != &ir::kBatchNorm || layer_before(wiring, *id).valid()) continue;
    if (fold_into_layer_behind(wiring, *id)) change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
