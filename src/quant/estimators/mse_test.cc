// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/mse.h"

#include <cmath>

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

TEST(MseRange, ClipsMoreWhereClippingCountsLess) {
  // A bell, whose tail is worth clipping or not by the weight of that.
  Histogram histogram{.range = {-8, 8}, .counts = {}};
  for (int bin = 0; bin < 4096; ++bin) {
    const double x = (bin - 2047.5) / 256;
    histogram.counts.push_back(static_cast<std::int64_t>(1e6 * std::exp(-std::fabs(2 * x))));
  }
  const float plain = mse_range(histogram).high;
  EXPECT_EQ(mse_range(histogram, 1.0).high, plain);
  EXPECT_LT(mse_range(histogram, 0.25).high, plain);
  EXPECT_GT(mse_range(histogram, 4.0).high, plain);
}

TEST(MseRange, OfAConstantIsThatConstant) {
  const Histogram histogram{.range = {3, 3}, .counts = {7, 0}};
  EXPECT_FLOAT_EQ(mse_range(histogram).high, 3.0F);
}

}  // namespace
}  // namespace netfit::quant
