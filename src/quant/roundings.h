// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/ids.h"
#include "tensor/quant_params.h"
#include "tensor/tensor.h"

namespace netfit::quant {

/// What a technique decided about the parameters of one layer, in the place of nearest rounding.
struct LayerRounding {
  Tensor integers;     ///< i8 in the shape of the weights, whatever type will store them; empty: round as usual
  QuantParams params;  ///< of `integers`, symmetric; counts for nothing without them
  std::vector<float> bias_shift;  ///< reals, one per output channel, added to the float bias; empty: none
};

using Roundings = std::unordered_map<ir::NodeId, LayerRounding>;

}  // namespace netfit::quant
