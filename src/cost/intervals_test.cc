// SPDX-License-Identifier: Apache-2.0
#include "cost/intervals.h"

#include <cmath>

#include <gtest/gtest.h>

namespace netfit::cost {
namespace {

constexpr Situation kJudged{.quantity = Quantity::Latency,
                            .core = "cortex-m7",
                            .runtime = "x-cube-ai-10",
                            .arithmetic = DType::Int8,
                            .threads = 1};

Situation with(Quantity quantity, double power_factor = 1.0) {
  Situation situation = kJudged;
  situation.quantity = quantity;
  situation.power_factor = power_factor;
  return situation;
}

TEST(SpreadOf, IsThatOfThePublishedRowsWhereThereAreSome) {
  EXPECT_GT(spread_of(kJudged).above, 1.0);
  EXPECT_LT(spread_of(kJudged).above, 2.0);
  EXPECT_EQ(spread_of(kJudged).above, spread_of(kJudged).below);
}

TEST(SpreadOf, IsAtLeastTwoWhereNoRowSpeaksOfTheCore) {
  Situation other = kJudged;
  other.core = "cortex-m4";
  EXPECT_GE(spread_of(other).above, 2.0);
  EXPECT_NE(spread_of(other).basis, spread_of(kJudged).basis);
}

TEST(SpreadOf, DoesNotTakeAnotherTypeOrNumberOfThreadsForJudged) {
  Situation other = kJudged;
  other.arithmetic = DType::Float32;
  EXPECT_GE(spread_of(other).above, 2.0);
  other = kJudged;
  other.threads = 2;
  EXPECT_GE(spread_of(other).above, 2.0);
}

TEST(SpreadOf, OfMemoryDependsOnNoType) {
  Situation floats = with(Quantity::PeakRam);
  floats.arithmetic = DType::Float32;
  EXPECT_EQ(spread_of(floats).above, spread_of(with(Quantity::PeakRam)).above);
  EXPECT_LT(spread_of(floats).above, 2.0);
}

TEST(SpreadOf, OfEnergyAddsTheErrorOfPowerToThatOfTime) {
  const double time = std::log(spread_of(kJudged).above);
  EXPECT_NEAR(std::log(spread_of(with(Quantity::Energy)).above), time, 1e-12);
  EXPECT_NEAR(std::log(spread_of(with(Quantity::Energy, 1.5)).above), std::hypot(time, std::log(1.5)), 1e-12);
}

}  // namespace
}  // namespace netfit::cost
