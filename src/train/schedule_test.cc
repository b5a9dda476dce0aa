// SPDX-License-Identifier: Apache-2.0
#include "train/schedule.h"

#include <gtest/gtest.h>

namespace netfit::train {
namespace {

TEST(LearningRates, RiseInTheWarmUpAndFallAsHalfACosine) {
  const std::vector<float> rates = learning_rates({.epochs = 10, .warm_up_epochs = 2, .final_part = 0.1}, 0.4, 50);
  ASSERT_EQ(rates.size(), 500U);
  EXPECT_FLOAT_EQ(rates[0], 0.4F / 100);
  EXPECT_FLOAT_EQ(rates[99], 0.4F);
  EXPECT_FLOAT_EQ(rates[100], 0.4F);
  EXPECT_NEAR(rates[300], 0.4 * (0.1 + 0.9 * 0.5), 1e-6);
  EXPECT_NEAR(rates[499], 0.04, 1e-4);
}

TEST(LearningRates, OfOneCycleFallInALine) {
  const std::vector<float> rates =
      learning_rates({.kind = ScheduleKind::OneCycle, .epochs = 4, .warm_up_epochs = 1}, 1, 100);
  EXPECT_NEAR(rates[49], 0.5, 1e-6);
  EXPECT_NEAR(rates[175], 0.75, 1e-6);  // half a cosine would have 0.85 left there
  EXPECT_NEAR(rates[250], 0.5, 1e-6);
}

TEST(LearningRates, MayBeWarmUpAlone) {
  const std::vector<float> rates = learning_rates({.epochs = 1, .warm_up_epochs = 5}, 1, 10);
  EXPECT_FLOAT_EQ(rates.back(), 1);
}

}  // namespace
}  // namespace netfit::train
