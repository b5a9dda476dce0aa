// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"

namespace netfit::exec {

/// The graph with float32 weights wherever the data are float32: constants in half precision or integers that a
/// requantize makes float are widened, which changes no result, and int8 weights under float data multiplied out. A
/// backend then rounds weights as the real kernels do, but not the data in front of them: those nodes agree with
/// dynamic range kernels closely, not exactly.
ir::Graph with_float_weights(const ir::Graph& graph);

}  // namespace netfit::exec
