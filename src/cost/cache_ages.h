// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cost/kernels.h"
#include "cost/memory_use.h"
#include "cost/regions.h"
#include "ir/graph.h"

namespace netfit::cost {

/// How much passes through the caches between two touches of the same data, when inference follows inference: between
/// the kernel that writes a value (or read it last) and the next reader; for weights, everything of one inference; for
/// a result, all activations, since the arena is written over and over.
class CacheAges {
 public:
  CacheAges(const ir::Graph& graph, const std::vector<Kernel>& kernels, const MemoryMap& map, std::int64_t arena_bytes);

  /// `kernel`: one of those given.
  OperandStates of(const Kernel& kernel) const;

 private:
  double bytes_since_touched(std::size_t index, ir::ValueId value) const;

  const ir::Graph& graph_;
  const std::vector<Kernel>& kernels_;
  const MemoryMap& map_;
  double arena_bytes_;
  double inference_bytes_;
};

}  // namespace netfit::cost
