// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "ir/graph_cost.h"
#include "quant/mixed/choose_precisions.h"
#include "quant/mixed/layer_candidate.h"
#include "quant/quantize.h"
#include "quant/samples.h"

namespace netfit::quant {

/// A network whose layers may take one of several precisions each.
struct MixedJob {
  const ir::Graph& graph;  ///< float, optimized, with at least one layer
  const Ranges& ranges;
  std::span<const LayerCandidate> candidates;
};

/// What one layer alone in one precision, everything else in float, does to the outputs.
struct Effect {
  double sqnr_db = 0.0;            ///< of the outputs against the float graph
  double kl = 0.0;                 ///< mean KL divergence of softmax(float outputs) from softmax(quantized), nats
  double agreement_percent = 0.0;  ///< same top-1 as the float graph
  double noise = 0.0;              ///< power of the difference of the outputs over that of the float outputs
};

struct LayerSensitivity {
  ir::NodeId layer;
  std::vector<Effect> effects;  ///< one for each candidate
};

/// Of every layer, in the order of layers_of.
Result<std::vector<LayerSensitivity>> measure_sensitivity(const MixedJob& job, const Samples& samples);

/// Costs that add up: of the graph with every layer in the first candidate, and what each layer adds to it when it
/// alone takes another.
struct LayerCosts {
  double all_first = 0.0;
  std::vector<std::vector<double>> differences;  ///< by layer, then by candidate
};

/// `io` is that of the graphs that are costed.
Result<LayerCosts> measure_costs(const MixedJob& job, Io io, const ir::GraphCost& cost, Progress& progress);

/// What choose_precisions decides between: each layer's candidates in their order, costs as differences.
std::vector<LayerChoice> choices_of(const MixedJob& job, const std::vector<LayerSensitivity>& sensitivities,
                                    const LayerCosts& costs);

}  // namespace netfit::quant
