// SPDX-License-Identifier: Apache-2.0
#include "cost/regions.h"

#include <gtest/gtest.h>

#include "cost/test_devices.h"

namespace netfit::cost {
namespace {

using Words = std::vector<std::string>;

TEST(MapMemory, PutsTheArenaIntoTheFastestRegionWithRoom) {
  const device::Device board = small_board();
  const MemoryMap map = map_memory(board, {.arena_bytes = 60'000, .runtime_bytes = 8'000});
  EXPECT_EQ(map.activations->name, "fast");
  EXPECT_EQ(map.regions[0].holds, Words{"arena"});
  EXPECT_EQ(map.regions[1].holds, Words{"runtime"}) << "8000 bytes are too many for the rest of the fast region";
}

TEST(MapMemory, SaysWhatDoesNotFit) {
  const device::Device board = small_board();
  const MemoryMap map = map_memory(board, {.arena_bytes = 600'000, .weight_bytes = 2'000'000, .code_bytes = 10});
  EXPECT_EQ(map.activations->name, "slow");
  EXPECT_FALSE(map.regions[1].fits);
  EXPECT_EQ(map.regions[1].used_bytes, 600'000);
  EXPECT_FALSE(map.regions[2].fits);
  EXPECT_EQ(map.regions[2].holds, (Words{"weights", "code"}));
}

TEST(MapMemory, FillsARegionToTheLastByte) {
  EXPECT_TRUE(map_memory(small_board(), {.arena_bytes = 64 * 1024}).regions[0].fits);
  EXPECT_EQ(map_memory(small_board(), {.arena_bytes = 64 * 1024 + 1}).regions[0].used_bytes, 0);
}

TEST(MapMemory, LoadsWeightsIntoRamWhereFlashIsNotReadInPlace) {
  const device::Device board = large_board();
  const MemoryMap map = map_memory(board, {1, 2, 3, 4, 5});
  EXPECT_EQ(map.regions[0].used_bytes, 8);
  EXPECT_EQ(map.regions[0].holds, (Words{"arena", "runtime", "weights"}));
  EXPECT_EQ(map.regions[1].holds, (Words{"weights", "code"}));
  EXPECT_EQ(map.weights, map.activations);
}

TEST(MapMemory, KnowsNoPlaceOnADeviceWithoutRegions) {
  const MemoryMap map = map_memory({}, {.arena_bytes = 1});
  EXPECT_EQ(map.activations, nullptr);
  EXPECT_TRUE(map.regions.empty());
}

}  // namespace
}  // namespace netfit::cost
