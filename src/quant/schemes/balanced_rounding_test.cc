// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/balanced_rounding.h"

#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

using Weights = std::vector<double>;

TEST(RoundBalanced, TakesTheNearestIntegersWhereTheirErrorsCancel) {
  EXPECT_EQ(round_balanced(Weights{1.3, -2.4, 3.6, -4.6, -127}, 127), (Weights{1, -2, 4, -5, -127}));
  EXPECT_TRUE(round_balanced({}, 127).empty());
}

TEST(RoundBalanced, TurnsTheWeightsInMostDoubtUntilTheSumIsRight) {
  // Nearest gives 4 ones, 1.6 too many: two turn, those nearest to the middle.
  EXPECT_EQ(round_balanced(Weights{0.6, 0.55, 0.7, 0.55}, 127), (Weights{1, 0, 1, 0}));
  // The other way round; of equals the first turn.
  EXPECT_EQ(round_balanced(Weights{-0.4, 10.4, 0.4, 20.4, 0.4}, 127), (Weights{0, 11, 0, 20, 0}));
}

TEST(RoundBalanced, LeavesHalfAStepAsItIs) {
  EXPECT_EQ(round_balanced(Weights{0.5, 3}, 127), (Weights{1, 3}));
  EXPECT_EQ(round_balanced(Weights{0.25, 0.25}, 127), (Weights{0, 0}));
}

TEST(RoundBalanced, TurnsNothingBeyondTheLargestInteger) {
  EXPECT_EQ(round_balanced(Weights{6.4, 6.4, 6.4}, 6), (Weights{6, 6, 6}));
  EXPECT_EQ(round_balanced(Weights{-6.4, 5.4, -6.4}, 6), (Weights{-6, 5, -6}));
}

TEST(RoundBalanced, StaysWithinAStepOfEveryWeightAndHalfAStepOfTheirSum) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    Weights weights(1 + random() % 300);
    for (double& weight : weights) weight = static_cast<double>(random() % 25400) / 100 - 127;
    const Weights rounded = round_balanced(weights, 127);
    double excess = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      EXPECT_EQ(rounded[i], std::round(rounded[i]));
      EXPECT_LT(std::fabs(rounded[i] - weights[i]), 1.0);
      excess += rounded[i] - weights[i];
    }
    EXPECT_LE(std::fabs(excess), 0.5 + 1e-9);
  }
}

}  // namespace
}  // namespace netfit::quant
