// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"
#include "quant/quantize.h"

namespace netfit::diagnose {

/// Values that must share one pair of parameters with `value`, itself among them: what ops that only move integers
/// join.
std::vector<ir::ValueId> sharing_values(const ir::Graph& graph, ir::ValueId value);

/// Parameters of `dtype` (i8, u8 or i16) that cover `range` and zero.
QuantParams params_for(quant::Range range, DType dtype);

/// Gives `value` and all that share its parameters other ones. Biases of the layers that read them keep their reals:
/// their integers follow the new unit.
void set_params(ir::Graph& graph, ir::ValueId value, const QuantParams& params);

}  // namespace netfit::diagnose
