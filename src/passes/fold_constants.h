// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Computes nodes whose inputs are all constants, for the ops that importers and other passes leave on constants:
/// reshape, transpose, concat, requantize between float and integers, and float arithmetic with its activation.
///
///   %t = transpose(@w) perm=[1,0]         %y = fully_connected(%x, @t)
///   %y = fully_connected(%x, %t)    ->
///
/// Leaves alone what an output of the graph names, results of more than 4 Mi elements that are larger than what they
/// come from, and constants in half precision or integers that are only widened to meet data.
Result<Change> fold_constants(ir::Graph& graph);

}  // namespace netfit::passes
