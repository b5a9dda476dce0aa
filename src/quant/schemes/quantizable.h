// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/quantize.h"
#include "quant/schemes/separate_precisions.h"

namespace netfit::quant {

/// Fails with everything that keeps a graph from the arithmetic that its nodes are to have: nodes that are to compute
/// in integers and have no such form, values that are integers already, parameters that are computed or not finite, and
/// values without a finite range that become integers.
Result<void> check_quantizable(const ir::Graph& graph, const Ranges& ranges, const NodeArithmetic& arithmetic);

/// Fails with every input and output that cannot have that type at the border.
Result<void> check_borders(const ir::Graph& graph, Io io, const NodeArithmetic& arithmetic);

}  // namespace netfit::quant
