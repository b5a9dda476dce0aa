// SPDX-License-Identifier: Apache-2.0
#include "cost/packing.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::cost {
namespace {

std::vector<Block> random_blocks(std::uint64_t seed, std::int64_t count, std::int64_t steps) {
  base::Random random(seed);
  std::vector<Block> blocks;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t first = random.integer(0, steps - 1);
    const std::int64_t length = random.integer(0, 3);
    const std::int64_t bytes = random.integer(0, 39);
    blocks.push_back({16 * bytes, first, std::min(steps - 1, first + length)});
  }
  return blocks;
}

std::int64_t bound(const std::vector<Block>& blocks) {
  std::int64_t most = 0;
  for (const Block& at : blocks) {
    std::int64_t sum = 0;
    for (const Block& block : blocks) {
      if (block.first_step <= at.first_step && at.first_step <= block.last_step) sum += block.bytes;
    }
    most = std::max(most, sum);
  }
  return most;
}

void expect_valid(const std::vector<Block>& blocks, const Packing& packing) {
  ASSERT_EQ(packing.offsets.size(), blocks.size());
  std::int64_t top = 0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_GE(packing.offsets[i], 0);
    top = std::max(top, packing.offsets[i] + blocks[i].bytes);
    for (std::size_t j = 0; j < i; ++j) {
      if (blocks[i].last_step < blocks[j].first_step || blocks[j].last_step < blocks[i].first_step) continue;
      const bool apart = packing.offsets[i] + blocks[i].bytes <= packing.offsets[j] ||
                         packing.offsets[j] + blocks[j].bytes <= packing.offsets[i];
      EXPECT_TRUE(apart) << i << " and " << j;
    }
  }
  EXPECT_EQ(packing.bytes, top);
}

// The least that any order of greedy placement reaches, which for few blocks is the optimum.
std::int64_t best_of_all_orders(const std::vector<Block>& blocks) {
  std::vector<std::size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::int64_t best = std::numeric_limits<std::int64_t>::max();
  do {
    std::vector<std::int64_t> offsets(blocks.size(), -1);
    std::int64_t top = 0;
    for (const std::size_t i : order) {
      std::vector<std::pair<std::int64_t, std::int64_t>> taken;
      for (std::size_t j = 0; j < blocks.size(); ++j) {
        if (offsets[j] < 0 || blocks[i].last_step < blocks[j].first_step ||
            blocks[j].last_step < blocks[i].first_step) {
          continue;
        }
        taken.emplace_back(offsets[j], offsets[j] + blocks[j].bytes);
      }
      std::ranges::sort(taken);
      std::int64_t offset = 0;
      for (const auto& [begin, end] : taken) {
        if (offset + blocks[i].bytes <= begin) break;
        offset = std::max(offset, end);
      }
      offsets[i] = offset;
      top = std::max(top, offset + blocks[i].bytes);
    }
    best = std::min(best, top);
  } while (std::ranges::next_permutation(order).found);
  return best;
}

TEST(Pack, NeverLetsBlocksOverlapThatAreAliveAtOnce) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const std::vector<Block> blocks = random_blocks(seed, 1 + static_cast<std::int64_t>(seed % 60), 20);
    const Packing packing = pack(blocks, bound(blocks));
    expect_valid(blocks, packing);
    EXPECT_GE(packing.bytes, bound(blocks));
  }
}

TEST(Pack, IsNearTheOptimumOfSmallCases) {
  int missed = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<Block> blocks = random_blocks(seed, 7, 6);
    const std::int64_t reached = pack(blocks, bound(blocks)).bytes;
    const std::int64_t best = best_of_all_orders(blocks);
    EXPECT_GE(reached, best);
    missed += reached > best ? 1 : 0;
  }
  EXPECT_LE(missed, 5);
}

TEST(Pack, UsesTheGapThatLargestFirstMisses) {
  // Largest first puts the two of 3 at 0 and leaves the 2 that meets both with a 2 on top of them: 3 + 2 + 2.
  const std::vector<Block> blocks{{32, 0, 1}, {48, 1, 2}, {32, 2, 3}, {48, 3, 4}, {16, 0, 4}};
  EXPECT_EQ(pack(blocks, bound(blocks)).bytes, bound(blocks));
}

TEST(Pack, StopsAtWhatIsEnough) {
  const std::vector<Block> blocks = random_blocks(3, 40, 10);
  const Packing lazy = pack(blocks, std::numeric_limits<std::int64_t>::max());
  expect_valid(blocks, lazy);
  EXPECT_GE(lazy.bytes, pack(blocks, 0).bytes);
}

TEST(Pack, PlacesNothing) { EXPECT_EQ(pack({}, 0).bytes, 0); }

TEST(Pack, PlacesHundredThousandBlocksThatAreAllAliveInASecond) {
  std::vector<Block> blocks;
  for (std::int64_t i = 0; i < 100'000; ++i) blocks.push_back({16 + 16 * (i % 7), i, 100'000});
  const Packing packing = pack(blocks, 0);
  std::int64_t sum = 0;
  for (const Block& block : blocks) sum += block.bytes;
  EXPECT_EQ(packing.bytes, sum);
}

TEST(Pack, ReusesGapsInGraphsThatAreTooLargeForOrders) {
  // Ten long blocks for each of many short ones: more pairs than are tried in several orders.
  std::vector<Block> blocks;
  for (std::int64_t i = 0; i < 10; ++i) blocks.push_back({160, 0, 50'000});
  for (std::int64_t i = 0; i < 50'000; ++i) blocks.push_back({16 * (1 + i % 3), i, i + 1});
  const Packing packing = pack(blocks, 0);
  EXPECT_LE(packing.bytes, 10 * 160 + 2 * (48 + 32));
}

}  // namespace
}  // namespace netfit::cost
