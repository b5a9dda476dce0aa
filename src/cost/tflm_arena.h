// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cost/typing.h"
#include "ir/graph.h"

namespace netfit::cost {

/// Bytes that the activations and the kernels' scratch buffers of a graph take in the arena of TensorFlow Lite for
/// Microcontrollers with CMSIS-NN, by its own greedy planner; the interpreter's records are not among them.
std::int64_t tflm_arena(const ir::Graph& graph, const Typing& typing);

}  // namespace netfit::cost
