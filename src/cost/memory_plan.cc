// SPDX-License-Identifier: Apache-2.0
#include "cost/memory_plan.h"

#include <algorithm>

#include "cost/buffers.h"
#include "cost/packing.h"

namespace netfit::cost {
namespace {

std::int64_t aligned(std::int64_t bytes, std::int64_t alignment) {
  return (bytes + alignment - 1) / alignment * alignment;
}

}  // namespace

MemoryPlan plan_memory(const ir::Graph& graph, const MemoryPlanOptions& options) {
  std::vector<Buffer> buffers = collect_buffers(graph, options);
  const std::int64_t steps = std::max<std::int64_t>(1, graph.node_count());
  MemoryPlan plan;
  plan.live_bytes = live_bytes(buffers, steps);
  plan.lower_bound_bytes = std::ranges::max(plan.live_bytes);

  std::vector<Block> blocks;
  for (Buffer& buffer : buffers) {
    buffer.bytes = aligned(buffer.bytes, options.alignment_bytes);
    blocks.push_back({buffer.bytes, buffer.first_step, buffer.last_step});
  }
  // Whole blocks are what a packing can reach; the bound that is told counts the bytes themselves.
  const Packing packing = pack(blocks, std::ranges::max(live_bytes(buffers, steps)));
  plan.arena_bytes = packing.bytes;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    for (const Tenant& tenant : buffers[i].tenants) {
      plan.placements.push_back({tenant.value, packing.offsets[i], bytes_of(graph.value(tenant.value), options.typing),
                                 tenant.first_step, tenant.last_step, static_cast<std::int64_t>(i)});
    }
  }
  return plan;
}

}  // namespace netfit::cost
