// SPDX-License-Identifier: Apache-2.0
#include "exec/arena.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::exec {
namespace {

bool overlap(std::int64_t begin_a, std::int64_t bytes_a, std::int64_t begin_b, std::int64_t bytes_b) {
  return begin_a < begin_b + bytes_b && begin_b < begin_a + bytes_a;
}

TEST(Arena, ReusesMemoryOfBuffersThatAreDone) {
  const ArenaPlan plan = plan_arena({{1000, 0, 1}, {1000, 1, 2}, {1000, 2, 3}});
  EXPECT_EQ(plan.offsets[0], plan.offsets[2]);
  EXPECT_NE(plan.offsets[0], plan.offsets[1]);
  EXPECT_LE(plan.bytes, 2 * 1088);
}

TEST(Arena, NeverLetsLiveBuffersOverlap) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    base::Random random(seed);
    std::vector<Lifetime> lifetimes;
    for (int i = 0; i < 30; ++i) {
      const int first = static_cast<int>(random.integer(0, 20));
      lifetimes.push_back({random.integer(0, 5000), first, first + static_cast<int>(random.integer(0, 6))});
    }
    const ArenaPlan plan = plan_arena(lifetimes);
    for (std::size_t a = 0; a < lifetimes.size(); ++a) {
      EXPECT_EQ(plan.offsets[a] % 64, 0);
      EXPECT_LE(plan.offsets[a] + lifetimes[a].bytes + 64, plan.bytes);
      for (std::size_t b = 0; b < a; ++b) {
        const bool meet =
            lifetimes[a].first_step <= lifetimes[b].last_step && lifetimes[b].first_step <= lifetimes[a].last_step;
        EXPECT_FALSE(meet && overlap(plan.offsets[a], lifetimes[a].bytes, plan.offsets[b], lifetimes[b].bytes));
      }
    }
  }
}

}  // namespace
}  // namespace netfit::exec
