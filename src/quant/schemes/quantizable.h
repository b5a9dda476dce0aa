// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/quantize.h"

namespace netfit::quant {

/// Fails with everything that keeps a graph from becoming int8: nodes without an integer form, values that are integers
/// already, parameters that are computed or not finite, values without a finite range.
Result<void> check_quantizable(const ir::Graph& graph, const Ranges& ranges);

}  // namespace netfit::quant
