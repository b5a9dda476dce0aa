// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "ir/graph.h"

namespace netfit::quant {

/// How a quantized graph stores the weights of a layer: as integers that the layer reads, or that are widened for it.
struct StoredLayer {
  const Tensor* weights;
  const QuantParams* params;
  int largest;  ///< integers lie in [-largest, largest]
  int bits;
};

/// Nothing for a layer whose weights are floats.
std::optional<StoredLayer> find_stored_layer(const ir::Graph& quantized, ir::NodeId layer);

}  // namespace netfit::quant
