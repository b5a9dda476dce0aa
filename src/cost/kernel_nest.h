// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "cost/kernels.h"
#include "cost/loop_nest.h"
#include "device/device.h"
#include "device/runtime.h"
#include "ir/graph.h"

namespace netfit::cost {

/// The loops in which a runtime computes a kernel of list_kernels(), blocked by its tiles. Its operands are named
/// "input", "input 2", ..., "weights" and "output". No value where the order of accesses is not known: grouped and
/// dilated convolutions, kernels of several rows, and types for which the runtime has no tiles.
std::optional<LoopNest> nest_of(const ir::Graph& graph, const Kernel& kernel, const device::Runtime& runtime,
                                const device::Device& device);

}  // namespace netfit::cost
