// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <unordered_map>

#include "passes/wiring.h"
#include "quant/quantize.h"

namespace netfit::quant {

using NodeArithmetic = std::function<Arithmetic(ir::NodeId)>;
using ValueArithmetic = std::unordered_map<ir::ValueId, Arithmetic>;

/// The type of activations in that arithmetic.
DType dtype_of(Arithmetic arithmetic);

/// What a graph input computes in: what its first reader does.
Arithmetic input_arithmetic(const passes::Wiring& wiring, ir::ValueId input, const NodeArithmetic& arithmetic);

/// Puts a requantize wherever a node reads an activation of another arithmetic than its own; readers of one value that
/// agree share it. Its result has the range of what it reads. Gives the arithmetic of every activation. Types and
/// parameters are still those of the float graph.
ValueArithmetic separate_precisions(passes::Wiring& wiring, const NodeArithmetic& arithmetic, Ranges& ranges);

}  // namespace netfit::quant
