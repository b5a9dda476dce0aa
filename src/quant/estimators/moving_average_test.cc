// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/moving_average.h"

#include <vector>

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

TEST(MovingAverageRange, StartsWithTheFirstSampleAndFollowsTheOthers) {
  const std::vector<Range> samples{{-1, 2}, {-3, 4}, {-1, 0}};
  // low: -1, then -1.5, then -1.375; high: 2, then 2.5, then 1.875.
  const Range range = moving_average_range(samples, 0.75);
  EXPECT_FLOAT_EQ(range.low, -1.375F);
  EXPECT_FLOAT_EQ(range.high, 1.875F);
}

TEST(MovingAverageRange, DependsOnTheOrderOfSamples) {
  const std::vector<Range> forwards{{0, 1}, {0, 2}};
  const std::vector<Range> backwards{{0, 2}, {0, 1}};
  EXPECT_LT(moving_average_range(forwards, 0.95).high, moving_average_range(backwards, 0.95).high);
}

}  // namespace
}  // namespace netfit::quant
