// SPDX-License-Identifier: Apache-2.0
#include "cost/memory_use.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cost/estimate.h"
#include "cost/schedule.h"
#include "cost/test_devices.h"
#include "support/graph_text.h"

namespace netfit::cost {
namespace {

using support::graph_of;

device::Device board_with_known_caches() {
  device::Device board = large_board();
  for (device::Cache& cache : board.caches) cache.ways = 8;
  board.caches.front().picojoules_per_byte = 1.0;
  board.regions.front().picojoules_per_byte = 50.0;
  board.power.idle_mw = 200.0;
  return board;
}

device::Runtime runtime_with_tiles() {
  device::Runtime runtime = plain_runtime();
  runtime.tiles[DType::Float32] = {4, 8};
  return runtime;
}

// 64 KiB that nobody touched for a long time.
std::vector<LevelUse> use_of_copy(const device::Device& board, double age_bytes) {
  const OperandState state{&board.regions.front(), age_bytes};
  return use_memory(elementwise_nest(1, 64 * 1024, {}), board, {state, state, state});
}

TEST(MemoryUse, FetchesWhatNoCacheHasAndWritesResultsBack) {
  const std::vector<LevelUse> levels = use_of_copy(board_with_known_caches(), 1e9);
  ASSERT_EQ(levels.size(), 3U);
  EXPECT_EQ(levels[0].level, "l1");
  EXPECT_EQ(levels[0].hit_rate, 0.75);  // one line in four vectors
  EXPECT_EQ(levels[1].hit_rate, 0.0);
  EXPECT_EQ(levels[2].level, "dram");
  EXPECT_EQ(levels[2].bytes, 3 * 64 * 1024);  // read, fetched to be written, written back
  EXPECT_DOUBLE_EQ(levels[2].energy_mj, 3 * 64 * 1024 * 50.0 * 1e-9);
}

TEST(MemoryUse, FindsWhatTheSecondLevelStillHas) {
  const std::vector<LevelUse> levels = use_of_copy(board_with_known_caches(), 500 * 1024);
  EXPECT_EQ(levels[0].hit_rate, 0.75);
  EXPECT_EQ(levels[1].hit_rate, 1.0);
  EXPECT_EQ(levels[2].bytes, 0.0);
}

TEST(MemoryUse, ReadsTightlyCoupledMemoryPastTheCaches) {
  device::Device board = board_with_known_caches();
  board.regions.front().cached = false;
  const std::vector<LevelUse> levels = use_of_copy(board, 1e9);
  ASSERT_EQ(levels.size(), 1U);
  EXPECT_EQ(levels[0].level, "dram");
  EXPECT_EQ(levels[0].bytes, 2 * 64 * 1024);
}

TEST(MemoryUse, SaysNothingOfCachesWhoseWaysNobodyKnows) {
  const device::Device board = large_board();
  EXPECT_TRUE(use_of_copy(board, 1e9).empty());
}

constexpr std::string_view kTwoLayers = R"(graph main(%x: f32[1,16,16,32]) -> (%z) {
    const @w: f32[32,1,1,32] = random(1)
    %y = conv2d(%x, @w)
    %z = add(%y, %x)
  })";

TEST(MemoryUse, OfAnEstimateAddsUpToItsEnergy) {
  const Estimate estimate =
      cost::estimate(graph_of(kTwoLayers), board_with_known_caches(), runtime_with_tiles(), {.memory_use = true})
          .value();
  ASSERT_FALSE(estimate.energy_parts.empty());
  double sum = 0.0;
  for (const EnergyPart& part : estimate.energy_parts) {
    EXPECT_LE(part.energy.low, part.energy.value) << part.name;
    EXPECT_GE(part.energy.high, part.energy.value) << part.name;
    sum += part.energy.value;
  }
  EXPECT_NEAR(sum, estimate.find(Quantity::Energy)->value, 1e-9 * sum);
}

TEST(MemoryUse, OfAKernelRightBehindItsInputFindsItNearby) {
  const Estimate estimate =
      cost::estimate(graph_of(kTwoLayers), board_with_known_caches(), runtime_with_tiles(), {.memory_use = true})
          .value();
  ASSERT_EQ(estimate.layers.size(), 2U);
  EXPECT_EQ(estimate.layers[1].levels.at(1).hit_rate, 1.0);
}

TEST(MemoryUse, IsLeftOutUnlessAskedFor) {
  const Estimate estimate =
      cost::estimate(graph_of(kTwoLayers), board_with_known_caches(), runtime_with_tiles(), {}).value();
  EXPECT_TRUE(estimate.energy_parts.empty());
  EXPECT_TRUE(std::ranges::all_of(estimate.layers, [](const LayerCost& layer) { return layer.levels.empty(); }));
}

}  // namespace
}  // namespace netfit::cost
