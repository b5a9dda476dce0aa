// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "calib/situation.h"
#include "cost/estimate.h"
#include "device/device.h"
#include "device/runtime.h"
#include "ir/graph.h"

namespace netfit::calib {

/// A board that is known by measurements, with the caches and memories that boards with its core usually have
/// (device::Core) and as many cores as it is asked for. No value where nobody describes its core: GPUs, NPUs.
std::optional<device::Device> describe_board(const Situation& situation);

/// The name of the runtime in runtimes/*.toml that works as the situation's does; empty if none is described.
std::string described_runtime(const Situation& situation);

/// Gives the estimate of a board what depends on hardware, runtime and graph alone: sizes, what each layer asks of
/// caches and memories (with `memory_use`), RAM and flash where measurements say nothing of them. A runtime that nobody
/// describes has no name, and then nothing is said of its memory.
Result<void> add_structure(const ir::Graph& graph, const device::Device& device, const device::Runtime& runtime,
                           const cost::EstimateOptions& options, cost::Estimate& estimate);

}  // namespace netfit::calib
