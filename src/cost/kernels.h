// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cost/typing.h"
#include "device/runtime.h"
#include "ir/graph.h"

namespace netfit::cost {

/// What the runtime does in one go: a node with what is folded into it (activations, pads, batch norm).
struct Kernel {
  ir::NodeId node;        ///< the one that does the work
  std::int64_t step = 0;  ///< its place in topological order
  device::KernelClass kind = device::KernelClass::Elementwise;
  DType arithmetic = DType::Float32;  ///< Float32, Float16 or Int8
  std::int64_t macs = 0;              ///< multiply-accumulates; 0 for kernels that have none
  std::int64_t operations = 0;        ///< macs, or elements (taps of a pool) that are touched
  std::int64_t channels = 1;          ///< extent along which the work is vectorized
  std::int64_t weight_bytes = 0;
  std::int64_t activation_bytes = 0;  ///< read and written
};

/// The kernels that `runtime` makes of `graph`, in order. Reshapes are free and give none, nor do nodes that
/// are computed when the file is loaded; pads and batch norms go into
/// the kernel behind or before them, activations where the runtime fuses them.
std::vector<Kernel> list_kernels(const ir::Graph& graph, const device::Runtime& runtime, const Typing& typing);

/// Output channels of all kernels with weights of integers: runtimes keep a multiplier for each.
std::int64_t integer_channels(const std::vector<Kernel>& kernels);

/// Bytes of all constants as a program stores them.
std::int64_t weight_bytes(const ir::Graph& graph, const Typing& typing);
/// Bytes of what kernels read that is known before the run: the constants, or what loading widens them to.
std::int64_t loaded_weight_bytes(const ir::Graph& graph, const Typing& typing);

}  // namespace netfit::cost
