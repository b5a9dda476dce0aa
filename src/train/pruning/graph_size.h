// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::train {

/// Multiply-accumulates of one sample.
std::int64_t count_macs(const ir::Graph& graph);

/// Numbers that training changes: the running statistics of batch norms are not among them.
std::int64_t count_params(const ir::Graph& graph);

/// Channels of all values, each counted once however many values it runs through (StrandUse::Remove).
std::int64_t count_channels(const ir::Graph& graph);

/// Bytes of the weights as a file of Float32, Float16 or Int8 holds them once batch norms are folded: kernels in that
/// type; of integers also a bias of four bytes and a scale of four for each output channel.
Result<std::int64_t> stored_bytes(const ir::Graph& graph, DType type);

}  // namespace netfit::train
