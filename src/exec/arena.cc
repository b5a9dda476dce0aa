// SPDX-License-Identifier: Apache-2.0
// Largest buffers first, each at the lowest offset that is free during its lifetime: the usual greedy answer to an
// NP-hard question. What matters here is that the working set fits into the second-level cache, not the last percent.
#include "exec/arena.h"

#include <algorithm>
#include <numeric>

namespace netfit::exec {
namespace {

constexpr std::int64_t kAlignment = 64;
constexpr std::int64_t kSlack = 64;

std::int64_t padded(std::int64_t bytes) { return (bytes + kSlack + kAlignment - 1) / kAlignment * kAlignment; }

bool overlap_in_time(const Lifetime& a, const Lifetime& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

}  // namespace

ArenaPlan plan_arena(const std::vector<Lifetime>& lifetimes) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order,
                           [&](std::size_t a, std::size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });

  ArenaPlan plan;
  plan.offsets.assign(lifetimes.size(), 0);
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t buffer : order) {
    const std::int64_t size = padded(lifetimes[buffer].bytes);
    std::int64_t offset = 0;
    for (const std::size_t other : placed) {
      if (!overlap_in_time(lifetimes[buffer], lifetimes[other])) continue;
      if (offset + size <= plan.offsets[other]) break;
      offset = std::max(offset, plan.offsets[other] + padded(lifetimes[other].bytes));
    }
    plan.offsets[buffer] = offset;
    plan.bytes = std::max(plan.bytes, offset + size);
    const auto behind = std::ranges::upper_bound(placed, offset, {}, [&](std::size_t i) { return plan.offsets[i]; });
    placed.insert(behind, buffer);
  }
  return plan;
}

}  // namespace netfit::exec
