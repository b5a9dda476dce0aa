// SPDX-License-Identifier: Apache-2.0
#include "eval/latency_statistics.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::eval {
namespace {

TEST(Quantile, IsAnObservedValue) {
  const std::vector<double> values{1, 2, 3, 10};
  EXPECT_EQ(quantile(values, 0.5), 2);
  EXPECT_EQ(quantile(values, 0.51), 3);
  EXPECT_EQ(quantile(values, 0.9), 10);
  EXPECT_EQ(quantile(values, 0.0), 1);
  EXPECT_EQ(quantile(values, 1.0), 10);
  EXPECT_EQ(quantile(std::vector<double>{7}, 0.5), 7);
}

TEST(MedianInterval, TakesTheRanksOfTheBinomialTable) {
  std::vector<double> ranks;
  for (int rank = 1; rank <= 20; ++rank) ranks.push_back(rank);
  const auto of = [&](std::size_t count) { return median_interval(std::span(ranks).first(count)); };
  EXPECT_FALSE(of(0));
  EXPECT_FALSE(of(4));
  EXPECT_EQ(of(5)->low, 1);
  EXPECT_EQ(of(5)->high, 5);
  // P(X <= 1) is 1.07 % for 10 and P(X <= 2) is 5.47 %.
  EXPECT_EQ(of(10)->low, 2);
  EXPECT_EQ(of(10)->high, 9);
  // P(X <= 5) is 2.07 % for 20 and P(X <= 6) is 5.77 %.
  EXPECT_EQ(of(20)->low, 6);
  EXPECT_EQ(of(20)->high, 15);
}

TEST(MedianInterval, HoldsTheMedianAsOftenAsItSays) {
  base::Random random(3);
  int held = 0;
  constexpr int kTrials = 2000;
  for (int trial = 0; trial < kTrials; ++trial) {
    std::vector<double> values;
    // Skewed, as times are; the median of u^4 is 1/16.
    for (int i = 0; i < 20; ++i) values.push_back(std::pow(random.real(0, 1), 4));
    std::ranges::sort(values);
    const IntervalMs interval = median_interval(values).value();
    held += interval.low <= 0.0625 && 0.0625 <= interval.high ? 1 : 0;
  }
  // 95.9 % in theory for 20 values; four standard deviations.
  EXPECT_NEAR(100.0 * held / kTrials, 95.9, 1.8);
}

TEST(LatencySummary, SumsUpAllRuns) {
  const std::vector<std::vector<double>> sub_batches{{1, 2, 3}, {5, 4}, {}};
  const LatencySummary summary = summarize_latency(sub_batches);
  EXPECT_EQ(summary.runs, 5);
  EXPECT_EQ(summary.p50_ms, 3);
  EXPECT_EQ(summary.p90_ms, 5);
  EXPECT_EQ(summary.min_ms, 1);
  EXPECT_EQ(summary.max_ms, 5);
  EXPECT_EQ(summary.mean_ms, 3);
  EXPECT_EQ(summary.iqr_ms, 2);
  EXPECT_EQ(summary.sub_batch_p50s_ms, (std::vector<double>{2, 4}));
  EXPECT_NEAR(summary.noise_percent, 100.0 * 2 / 3, 1e-9);
  EXPECT_FALSE(summary.interval) << "two sub-batches cannot say";
}

TEST(LatencySummary, HasNoNoiseWhereAllRunsAreEqual) {
  const std::vector<std::vector<double>> sub_batches(6, std::vector<double>(4, 0.25));
  const LatencySummary summary = summarize_latency(sub_batches);
  EXPECT_EQ(summary.noise_percent, 0);
  EXPECT_EQ(summary.interval->low, 0.25);
  EXPECT_EQ(summary.interval->high, 0.25);
}

TEST(LatencySummary, KeepsItsValueInsideItsInterval) {
  // One long slow sub-batch makes most of the runs, ten short fast ones most of the sub-batches.
  std::vector<std::vector<double>> sub_batches(10, std::vector<double>(1, 1.0));
  sub_batches.emplace_back(100, 9.0);
  const LatencySummary summary = summarize_latency(sub_batches);
  EXPECT_EQ(summary.p50_ms, 9);
  EXPECT_EQ(summary.interval->low, 1);
  EXPECT_EQ(summary.interval->high, 9);
}

}  // namespace
}  // namespace netfit::eval
