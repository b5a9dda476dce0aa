// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_set>

#include "base/result.h"
#include "ir/graph.h"

// Graphs that hold the reals of a quantized one. Values and nodes keep their ids in all of them, so that what is
// learned from one form can be applied to another.
namespace netfit::diagnose {

/// `graph` (optimized) in float arithmetic: constants are the reals that they stand for, activations are float, and a
/// requantize moves its data unchanged. A float graph stays as it is.
Result<ir::Graph> make_float_form(const ir::Graph& graph);

/// Rounds every activation of `form` that is an integer in `quantized` to that one's integers and back; `form` is
/// make_float_form of it, or that with other constants. Ids of `quantized` stay valid. Values in `except` stay exact.
void add_fake_quantization(ir::Graph& form, const ir::Graph& quantized,
                           const std::unordered_set<ir::ValueId>& except = {});

/// The graph with float inputs and outputs, quantized and dequantized by nodes of its own.
ir::Graph with_float_borders(const ir::Graph& graph);

/// Whether any activation is stored in integers.
bool has_integer_activations(const ir::Graph& graph);

}  // namespace netfit::diagnose
