// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/quantize.h"
#include "quant/samples.h"

namespace netfit::quant {

/// What one layer alone in one precision, all others in the most exact, does to the outputs.
struct LayerSensitivity {
  ir::NodeId layer;
  Precision precision;
  double sqnr_db = 0.0;            ///< of the outputs against the float graph
  double kl = 0.0;                 ///< mean KL divergence of softmax(float outputs) from softmax(quantized), nats
  double agreement_percent = 0.0;  ///< same top-1 as the float graph
  double noise = 0.0;              ///< mean squared error of the outputs over the variance of the float outputs
};

/// For every layer (conv2d, depthwise_conv2d, fully_connected) of `graph` in graph order and every precision of
/// `candidates` in their order.
Result<std::vector<LayerSensitivity>> measure_sensitivity(const ir::Graph& graph, const Ranges& ranges,
                                                          std::span<const Precision> candidates,
                                                          const Samples& samples);

}  // namespace netfit::quant
