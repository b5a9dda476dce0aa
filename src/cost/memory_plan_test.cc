// SPDX-License-Identifier: Apache-2.0
#include "cost/memory_plan.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "support/graph_text.h"
#include "support/random_graph.h"

namespace netfit::cost {
namespace {

using support::graph_of;

const Placement& placement_of(const ir::Graph& graph, const MemoryPlan& plan, std::string_view name) {
  const ir::ValueId id = *graph.find_value(name);
  return *std::ranges::find(plan.placements, id, &Placement::value);
}

// A chain whose two largest neighbours are 64 and 32 floats.
constexpr std::string_view kChain = R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
  const @w: f32[4,1,1,2] = random(1)
  const @v: f32[2,1,1,4] = random(2)
  %a = conv2d(%x, @w)
  %b = relu(%a)
  %c = conv2d(%b, @v)
  %y = reshape(%c) shape=[1,32]
})";

TEST(PlanMemory, TakesTheLargestSumOfNeighboursForAChain) {
  const MemoryPlan plan = plan_memory(graph_of(kChain), {});
  EXPECT_EQ(plan.lower_bound_bytes, 4 * (64 + 32));
  EXPECT_EQ(plan.arena_bytes, 4 * (64 + 32));
  EXPECT_EQ(plan.live_bytes, (std::vector<std::int64_t>{384, 256, 384, 128}));
}

TEST(PlanMemory, WritesAnActivationOverItsInput) {
  const ir::Graph graph = graph_of(kChain);
  const MemoryPlan in_place = plan_memory(graph, {});
  EXPECT_EQ(placement_of(graph, in_place, "a").buffer, placement_of(graph, in_place, "b").buffer);
  const MemoryPlan apart = plan_memory(graph, {.in_place = false});
  EXPECT_NE(placement_of(graph, apart, "a").buffer, placement_of(graph, apart, "b").buffer);
  EXPECT_EQ(apart.lower_bound_bytes, 4 * (64 + 64));
}

TEST(PlanMemory, KeepsAReshapeWhereItsInputLies) {
  const ir::Graph graph = graph_of(kChain);
  const MemoryPlan plan = plan_memory(graph, {.in_place = false});
  EXPECT_EQ(placement_of(graph, plan, "c").offset, placement_of(graph, plan, "y").offset);
  EXPECT_EQ(placement_of(graph, plan, "c").last_step, 3);
}

TEST(PlanMemory, DoesNotWriteOverWhatIsReadLater) {
  const ir::Graph graph = graph_of(R"(graph main(%x: f32[1,16]) -> (%y) {
    %a = relu(%x)
    %b = sigmoid(%a)
    %y = mul(%a, %b)
  })");
  const MemoryPlan plan = plan_memory(graph, {});
  EXPECT_EQ(placement_of(graph, plan, "x").buffer, placement_of(graph, plan, "a").buffer);
  EXPECT_NE(placement_of(graph, plan, "a").buffer, placement_of(graph, plan, "b").buffer);
  EXPECT_EQ(placement_of(graph, plan, "y").buffer, placement_of(graph, plan, "a").buffer);
  EXPECT_EQ(plan.arena_bytes, 128);
}

TEST(PlanMemory, DoesNotWriteOverAnOutputOfTheGraph) {
  const ir::Graph graph = graph_of("graph main(%x: f32[1,16]) -> (%a, %y) { %a = relu(%x)\n %y = sigmoid(%a) }");
  const MemoryPlan plan = plan_memory(graph, {});
  EXPECT_NE(placement_of(graph, plan, "a").buffer, placement_of(graph, plan, "y").buffer);
}

TEST(PlanMemory, DoesNotWriteOverAViewThatIsReadLater) {
  const ir::Graph graph = graph_of(R"(graph main(%x: f32[1,16]) -> (%y) {
    %a = relu6(%x)
    %v = reshape(%a) shape=[1,4,4]
    %b = relu(%v)
    %c = reshape(%b) shape=[1,16]
    %y = add(%c, %a)
  })");
  const MemoryPlan plan = plan_memory(graph, {});
  EXPECT_NE(placement_of(graph, plan, "v").buffer, placement_of(graph, plan, "b").buffer);
}

TEST(PlanMemory, DoesNotWriteABroadcastResultOverTheSmallerInput) {
  const ir::Graph graph = graph_of(R"(graph main(%x: f32[1,4,4], %s: f32[1,1,4]) -> (%y) { %y = add(%s, %x) })");
  const MemoryPlan plan = plan_memory(graph, {});
  EXPECT_EQ(placement_of(graph, plan, "y").buffer, placement_of(graph, plan, "x").buffer);
  EXPECT_NE(placement_of(graph, plan, "y").buffer, placement_of(graph, plan, "s").buffer);
}

TEST(PlanMemory, CountsBytesOfTheTypeThatIsAskedFor) {
  const ir::Graph graph = graph_of(kChain);
  EXPECT_EQ(plan_memory(graph, {.typing = {.as_type = DType::Int8}}).arena_bytes, 64 + 32);
  EXPECT_EQ(plan_memory(graph, {.typing = {.float32_as_float16 = true}}).arena_bytes, 2 * (64 + 32));
}

TEST(PlanMemory, AlignsEveryBuffer) {
  const ir::Graph graph = graph_of("graph main(%x: f32[1,3], %z: f32[1,5]) -> (%y) { %y = concat(%x, %z) axis=1 }");
  const MemoryPlan plan = plan_memory(graph, {.alignment_bytes = 64});
  for (const Placement& placement : plan.placements) EXPECT_EQ(placement.offset % 64, 0);
  EXPECT_EQ(plan.lower_bound_bytes, 4 * (3 + 5 + 8));
  EXPECT_EQ(plan.arena_bytes, 3 * 64);
}

TEST(PlanMemory, HandlesAGraphWithoutNodes) {
  const MemoryPlan plan = plan_memory(graph_of("graph main(%x: f32[1,4]) -> (%x) { }"), {});
  EXPECT_EQ(plan.arena_bytes, 16);
  EXPECT_EQ(plan.live_bytes, std::vector<std::int64_t>{16});
}

// Every value that a node reads still holds what was written: replays the plan, remembering whose bytes lie where.
void expect_sound(const ir::Graph& graph, const MemoryPlan& plan) {
  for (std::size_t i = 0; i < plan.placements.size(); ++i) {
    const Placement& a = plan.placements[i];
    EXPECT_GE(a.offset, 0);
    EXPECT_LE(a.offset + a.bytes, plan.arena_bytes);
    for (std::size_t j = 0; j < i; ++j) {
      const Placement& b = plan.placements[j];
      const bool together = a.first_step <= b.last_step && b.first_step <= a.last_step;
      const bool apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
      if (!together || apart) continue;
      // What overlaps must be one buffer: a view, or a result written over an input in the step that reads it last.
      ASSERT_EQ(a.buffer, b.buffer) << graph.value(a.value).name << " and " << graph.value(b.value).name;
      EXPECT_EQ(a.bytes, b.bytes);
    }
  }
}

TEST(PlanMemory, NeverLetsLiveBuffersOverlapInRandomGraphs) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const ir::Graph graph = support::random_graph(seed, {.blocks = 3 + static_cast<int>(seed % 25)});
    for (const bool in_place : {true, false}) {
      const MemoryPlan plan = plan_memory(graph, {.in_place = in_place});
      expect_sound(graph, plan);
      EXPECT_GE(plan.arena_bytes, plan.lower_bound_bytes);
      EXPECT_LE(static_cast<double>(plan.arena_bytes), 1.1 * static_cast<double>(plan.lower_bound_bytes) + 256)
          << "seed " << seed;
      EXPECT_EQ(std::ranges::max(plan.live_bytes), plan.lower_bound_bytes);
    }
  }
}

TEST(PlanMemory, GivesTheSamePlanEveryTime) {
  const ir::Graph graph = support::random_graph(5, {.blocks = 20});
  const MemoryPlan once = plan_memory(graph, {});
  const MemoryPlan again = plan_memory(graph, {});
  for (std::size_t i = 0; i < once.placements.size(); ++i) {
    EXPECT_EQ(once.placements[i].offset, again.placements[i].offset);
  }
}

}  // namespace
}  // namespace netfit::cost
