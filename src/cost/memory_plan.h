// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cost/typing.h"
#include "ir/graph.h"

namespace netfit::cost {

struct MemoryPlanOptions {
  bool in_place = true;  ///< an elementwise op may write over an input that nobody reads afterwards
  std::int64_t alignment_bytes = 16;
  Typing typing;
};

/// Where a value's elements lie in the arena and how long they are needed.
struct Placement {
  ir::ValueId value;
  std::int64_t offset = 0;
  std::int64_t bytes = 0;
  std::int64_t first_step = 0;  ///< the node (place in topological order) that writes it; 0 for graph inputs
  std::int64_t last_step = 0;   ///< the last node that reads it; the last node of all for graph outputs
  /// Values of one buffer share its bytes: views of each other (reshape), or results written over an input.
  std::int64_t buffer = 0;
};

struct MemoryPlan {
  std::vector<Placement> placements;
  std::int64_t arena_bytes = 0;
  std::int64_t lower_bound_bytes = 0;    ///< the largest sum of what is alive at once
  std::vector<std::int64_t> live_bytes;  ///< at each step
};

/// Places the activations of `graph`, its inputs and outputs among them, in one arena so that no two buffers that are
/// alive at once overlap. Deterministic; the effort is bounded, whatever the graph.
MemoryPlan plan_memory(const ir::Graph& graph, const MemoryPlanOptions& options);

}  // namespace netfit::cost
