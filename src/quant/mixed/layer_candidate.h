// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "quant/precision.h"
#include "quant/quantize.h"
#include "quant/roundings.h"

namespace netfit::quant {

/// A precision that layers may take, and how their weights are rounded then.
struct LayerCandidate {
  Precision precision;
  Roundings roundings = {};  ///< by layer; one that is not there is rounded as quantize_layers does
};

/// The layers (conv2d, depthwise_conv2d, fully_connected) of a graph, in its order: what takes a precision of its own.
std::vector<ir::NodeId> layers_of(const ir::Graph& graph);

/// Each layer in the candidate that `chosen` says, as a place in `candidates`, in the order of layers_of. A node
/// without weights computes in the least exact arithmetic of what it reads, so that a layer alone in another arithmetic
/// changes nothing behind it. `graph` has a layer.
LayerOptions assemble(const ir::Graph& graph, std::span<const LayerCandidate> candidates,
                      std::span<const std::size_t> chosen);

}  // namespace netfit::quant
