// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/entropy.h"

#include <cmath>

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

Histogram bell(Range range, double centre, double width) {
  Histogram histogram{.range = range, .counts = std::vector<std::int64_t>(4096, 0)};
  for (std::size_t bin = 0; bin < 4096; ++bin) {
    const double x = (histogram.centre(bin) - centre) / width;
    histogram.counts[bin] = std::llround(1e6 * std::exp(-x * x));
  }
  return histogram;
}

TEST(EntropyRange, GivesUpAFewFarElementsAtEitherEnd) {
  Histogram histogram = bell({-4, 40}, 0, 1);
  histogram.counts.back() = 1;
  const Range upper = entropy_range(histogram);
  EXPECT_LT(upper.high, 10.0F);
  EXPECT_GT(upper.high, 2.0F);
  histogram = bell({-40, 4}, 0, 1);
  histogram.counts.front() = 1;
  const Range lower = entropy_range(histogram);
  EXPECT_GT(lower.low, -10.0F);
  EXPECT_LT(lower.low, -2.0F);
}

TEST(EntropyRange, KeepsEvenlySpreadElementsWhole) {
  const Histogram histogram{.range = {-2, 2}, .counts = std::vector<std::int64_t>(4096, 10)};
  const Range range = entropy_range(histogram);
  EXPECT_FLOAT_EQ(range.low, -2.0F);
  EXPECT_FLOAT_EQ(range.high, 2.0F);
}

TEST(EntropyRange, NeverPassesZero) {
  // All elements lie far above zero, so the lower end cannot move up to them.
  Histogram histogram{.range = {0, 10}, .counts = std::vector<std::int64_t>(4096, 0)};
  for (std::size_t bin = 3000; bin < 4096; ++bin) histogram.counts[bin] = 100;
  EXPECT_FLOAT_EQ(entropy_range(histogram).low, 0.0F);
}

TEST(EntropyRange, OfAConstantIsThatConstant) {
  const Histogram histogram{.range = {3, 3}, .counts = std::vector<std::int64_t>(4096, 1)};
  EXPECT_FLOAT_EQ(entropy_range(histogram).high, 3.0F);
}

}  // namespace
}  // namespace netfit::quant
