// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "cost/memory_plan.h"
#include "ir/graph.h"

namespace netfit::cost {

/// A value and the steps between which it is needed.
struct Tenant {
  ir::ValueId value;
  std::int64_t first_step = 0;
  std::int64_t last_step = 0;
};

/// One stretch of memory and the values that use it one after the other, or under several shapes at once.
struct Buffer {
  std::int64_t bytes = 0;
  std::int64_t first_step = 0;
  std::int64_t last_step = 0;
  std::vector<Tenant> tenants;
};

/// The activations of a graph, with what shares memory by its nature: a reshape and its input are the same bytes, and
/// (where `in_place` allows) an elementwise op writes over an input that nobody reads afterwards.
std::vector<Buffer> collect_buffers(const ir::Graph& graph, const MemoryPlanOptions& options);

/// The sum of what is alive at each step, of which there are `steps`.
std::vector<std::int64_t> live_bytes(const std::vector<Buffer>& buffers, std::int64_t steps);

}  // namespace netfit::cost
