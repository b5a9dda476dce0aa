// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/percentile.h"

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

TEST(PercentileRange, CutsHalfOfTheRestAtEachEnd) {
  // 100 elements, one of them far below and one far above.
  Histogram histogram{.range = {-10, 10}, .counts = std::vector<std::int64_t>(20, 0)};
  histogram.counts.front() = 1;
  histogram.counts.back() = 1;
  histogram.counts[9] = 49;
  histogram.counts[10] = 49;
  const Range range = percentile_range(histogram, 98);
  EXPECT_FLOAT_EQ(range.low, -1.0F);
  EXPECT_FLOAT_EQ(range.high, 1.0F);
}

TEST(PercentileRange, KeepsABinThatHoldsMoreThanMayGo) {
  Histogram histogram{.range = {-10, 10}, .counts = std::vector<std::int64_t>(20, 0)};
  histogram.counts.front() = 1;
  histogram.counts[10] = 98;
  histogram.counts.back() = 1;
  const Range range = percentile_range(histogram, 99);
  EXPECT_FLOAT_EQ(range.low, -10.0F);
  EXPECT_FLOAT_EQ(range.high, 10.0F);
}

TEST(PercentileRange, OfAConstantIsThatConstant) {
  const Histogram histogram{.range = {3, 3}, .counts = {7, 0}};
  EXPECT_FLOAT_EQ(percentile_range(histogram, 99.9).low, 3.0F);
  EXPECT_FLOAT_EQ(percentile_range(histogram, 99.9).high, 3.0F);
}

}  // namespace
}  // namespace netfit::quant
