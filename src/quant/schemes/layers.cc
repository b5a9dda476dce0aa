// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "ir/absent_weights.h"
#include "ir/uses.h"
#include "ir/verifier.h"
#include "passes/widen_constants.h"
#include "quant/borders.h"
#include "quant/pixels.h"
#include "quant/quantize.h"
#include "quant/schemes/feasible.h"
#include "quant/schemes/layer_scheme.h"
#include "quant/schemes/quantizable.h"
#include "quant/schemes/storage.h"

namespace netfit::quant {
namespace {

using ir::NodeId;

/// The precision of every node of a graph.
using Precisions = std::unordered_map<NodeId, Precision>;

Precisions feasible_precisions(const ir::Graph& graph, const PrecisionPlan& plan) {
  Precisions precisions;
  for (const NodeId id : graph.order()) {
    precisions[id] = feasible(ir::NodeView(graph, graph.node(id)), plan.at(id)).precision;
  }
  return precisions;
}

// A pad of pixels computes in what the layer behind it does.
void add_pads_of_pixels(const ir::Graph& graph, Precisions& precisions) {
  const ir::Uses uses(graph);
  for (const NodeId id : graph.order()) {
    if (precisions.contains(id)) continue;
    precisions[id] = precisions.at(uses.readers(graph.node(id).outputs.front()).front());
  }
}

// Integers of weights that have changed since mean nothing; what is added to the bias still does.
Roundings without_integers(Roundings roundings, const Centres& changed) {
  for (auto& [layer, rounding] : roundings) {
    if (changed.contains(layer)) rounding.integers = Tensor();
  }
  return roundings;
}

}  // namespace

Result<ir::Graph> quantize_layers(const ir::Graph& graph, const Ranges& ranges, const LayerOptions& options) {
  NETFIT_TRY(ir::require_weights(graph));
  ir::Graph result = graph;
  for (const ir::ValueId id : result.values()) result.value(id).range.reset();  // `ranges` says what counts
  NETFIT_TRY(passes::widen_constants(result));
  Precisions precisions = feasible_precisions(result, options.plan);
  const NodeArithmetic arithmetic = [&](NodeId id) { return precisions.at(id).activations; };
  NETFIT_TRY(check_borders(result, options.io, arithmetic));
  Ranges known = ranges;
  Centres centres;
  if (options.io == Io::Int8Pixels) {
    centres = NETFIT_TRY(take_pixels(result, known));
    add_pads_of_pixels(result, precisions);
  }
  NETFIT_TRY(check_quantizable(result, known, arithmetic));
  const Roundings roundings = without_integers(options.roundings, centres);
  apply_layer_plan(
      result, known,
      {.precision = [&](NodeId id) { return precisions.at(id); }, .roundings = roundings, .centres = centres});
  passes::Wiring wiring(result);
  NETFIT_TRY(store_halves(wiring, [&](NodeId id) {
    const auto found = precisions.find(id);
    return found != precisions.end() && found->second.activations == Arithmetic::Float32 &&
           found->second.weights == WeightType::Float16;
  }));
  set_border_types(result, options.io);
  if (const Result<void> valid = ir::verify(result); !valid) {
    base::report_bug(__FILE__, __LINE__, "quantization broke the graph: " + valid.error().text());
  }
  return result;
}

Result<ir::Graph> quantize_int8(const ir::Graph& graph, const Ranges& ranges, const QuantizeOptions& options) {
  return quantize_layers(graph, ranges, {.plan = {}, .roundings = {}, .io = options.io});
}

}  // namespace netfit::quant
