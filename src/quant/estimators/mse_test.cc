// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/mse.h"

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

TEST(MseRange, KeepsEvenlySpreadElementsWhole) {
  const Histogram histogram{.range = {-2, 2}, .counts = std::vector<std::int64_t>(4096, 10)};
  const Range range = mse_range(histogram);
  EXPECT_FLOAT_EQ(range.low, -2.0F);
  EXPECT_FLOAT_EQ(range.high, 2.0F);
}

TEST(MseRange, GivesUpAFewFarElementsForFinerSteps) {
  Histogram histogram{.range = {-1, 100}, .counts = std::vector<std::int64_t>(4096, 0)};
  for (std::size_t bin = 0; bin < 400; ++bin) histogram.counts[bin] = 1'000'000;  // up to about 8.9
  histogram.counts.back() = 1;
  const Range range = mse_range(histogram);
  EXPECT_LT(range.high, 15.0F);
  EXPECT_GT(range.high, 8.0F);
  EXPECT_LE(range.low, -0.9F);
}

TEST(MseRange, WeighsRoundingAgainstClipping) {
  // The same far elements, but too many to give up.
  Histogram histogram{.range = {-1, 100}, .counts = std::vector<std::int64_t>(4096, 0)};
  for (std::size_t bin = 0; bin < 400; ++bin) histogram.counts[bin] = 1000;
  histogram.counts.back() = 50'000;
  EXPECT_GE(mse_range(histogram).high, 95.0F);
}

TEST(MseRange, OfAConstantIsThatConstant) {
  const Histogram histogram{.range = {3, 3}, .counts = {7, 0}};
  EXPECT_FLOAT_EQ(mse_range(histogram).high, 3.0F);
}

}  // namespace
}  // namespace netfit::quant
