// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace netfit::base {
namespace {

TEST(ParallelFor, VisitsEachIndexOnceWithAWorkerInRange) {
  for (const int threads : {1, 2, 5}) {
    std::vector<std::atomic<int>> visits(100);
    std::atomic<bool> in_range{true};
    const Result<void> done = parallel_for(100, threads, [&](std::int64_t index, int worker) -> Result<void> {
      ++visits[static_cast<std::size_t>(index)];
      if (worker < 0 || worker >= threads) in_range = false;
      return {};
    });
    EXPECT_TRUE(done.has_value());
    EXPECT_TRUE(in_range);
    for (const auto& count : visits) EXPECT_EQ(count, 1);
  }
}

TEST(ParallelFor, RunsInOrderOnTheCallingThreadWhenThereIsOne) {
  for (const int threads : {1, 0, -3}) {
    std::vector<std::int64_t> order;
    const auto caller = std::this_thread::get_id();
    const Result<void> done = parallel_for(4, threads, [&](std::int64_t index, int worker) -> Result<void> {
      EXPECT_EQ(std::this_thread::get_id(), caller);
      EXPECT_EQ(worker, 0);
      order.push_back(index);
      return {};
    });
    EXPECT_TRUE(done.has_value());
    EXPECT_EQ(order, (std::vector<std::int64_t>{0, 1, 2, 3}));
  }
}

TEST(ParallelFor, DoesNothingForNoIndices) {
  const auto never = [](std::int64_t, int) -> Result<void> { return bad_input("called"); };
  EXPECT_TRUE(parallel_for(0, 4, never).has_value());
  EXPECT_TRUE(parallel_for(-1, 4, never).has_value());
}

TEST(ParallelFor, StopsAfterAFailure) {
  std::int64_t visited = 0;
  const Result<void> done = parallel_for(1000, 1, [&](std::int64_t index, int) -> Result<void> {
    ++visited;
    if (index == 3) return bad_input("three");
    return {};
  });
  EXPECT_EQ(done.error().what(), "three");
  EXPECT_EQ(visited, 4);
}

TEST(ParallelFor, ReturnsTheFailureWithTheLowestIndexAmongThoseSeen) {
  // Both workers fail, and neither before the other has begun.
  std::atomic<int> begun{0};
  const Result<void> done = parallel_for(2, 2, [&](std::int64_t index, int) -> Result<void> {
    ++begun;
    while (begun < 2) std::this_thread::yield();
    return bad_input(std::to_string(index));
  });
  EXPECT_EQ(done.error().what(), "0");
}

TEST(AvailableThreads, IsAtLeastOne) { EXPECT_GE(available_threads(), 1); }

}  // namespace
}  // namespace netfit::base
