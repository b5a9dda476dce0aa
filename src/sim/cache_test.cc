// SPDX-License-Identifier: Apache-2.0
#include "sim/cache.h"

#include <array>

#include <gtest/gtest.h>

namespace netfit::sim {
namespace {

// Two sets of two lines.
device::Cache small_cache() { return {.name = "l1d", .bytes = 64, .line_bytes = 16, .ways = 2}; }

TEST(Cache, KeepsTheLinesUsedLast) {
  Cache cache(small_cache());
  for (const std::int64_t line : {0, 2, 0, 4}) cache.access(line, false);  // all of set 0; 4 displaces 2
  EXPECT_TRUE(cache.access(0, false).hit);
  EXPECT_FALSE(cache.access(2, false).hit);  // and displaces 4
  EXPECT_FALSE(cache.access(4, false).hit);
  EXPECT_EQ(cache.counts().accesses, 7);
  EXPECT_EQ(cache.counts().misses, 5);
}

TEST(Cache, SetsDoNotDisplaceEachOther) {
  Cache cache(small_cache());
  for (const std::int64_t line : {0, 2, 1, 3}) cache.access(line, false);
  for (const std::int64_t line : {0, 2, 1, 3}) EXPECT_TRUE(cache.access(line, false).hit) << line;
}

TEST(Cache, OneLineMoreThanItsWaysInACycleMissesAlways) {
  Cache cache(small_cache());
  for (int round = 0; round < 5; ++round) {
    for (const std::int64_t line : {0, 2, 4}) EXPECT_FALSE(cache.access(line, false).hit);
  }
}

TEST(Cache, WritesBackAChangedLineOnce) {
  Cache cache(small_cache());
  cache.access(0, true);
  cache.access(2, false);
  EXPECT_EQ(cache.access(4, false).written_back, 0);
  EXPECT_EQ(cache.access(6, false).written_back, -1);
  EXPECT_EQ(cache.counts().write_backs, 1);
}

TEST(CacheHierarchy, AsksTheNextLevelOnlyForWhatMisses) {
  const std::array levels{small_cache(), device::Cache{.name = "l2", .bytes = 1024, .line_bytes = 32, .ways = 4}};
  CacheHierarchy caches(levels);
  caches.access(0, 64, false);  // four lines of the first level, two of the second
  caches.access(0, 64, false);  // all in the first
  EXPECT_EQ(caches.levels()[0].counts().accesses, 8);
  EXPECT_EQ(caches.levels()[0].counts().misses, 4);
  EXPECT_EQ(caches.levels()[1].counts().accesses, 4);
  EXPECT_EQ(caches.levels()[1].counts().misses, 2);
}

TEST(CacheHierarchy, TakesAnAccessAcrossALineAsTwo) {
  const std::array levels{small_cache()};
  CacheHierarchy caches(levels);
  caches.access(12, 8, true);
  EXPECT_EQ(caches.levels()[0].counts().misses, 2);
}

}  // namespace
}  // namespace netfit::sim
