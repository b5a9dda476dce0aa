// SPDX-License-Identifier: Apache-2.0
#include "eval/accuracy.h"

#include <limits>

#include <gtest/gtest.h>

namespace netfit::eval {
namespace {

using Classes = std::vector<std::int64_t>;

TEST(WilsonInterval, HasTheBoundsOfTheFormula) {
  // Half of 100: center 0.5, half width 1.645 * sqrt(0.0025 + 1.645^2 / 40000) / (1 + 1.645^2 / 100) = 0.08115.
  const Interval half = wilson_interval(50, 100);
  EXPECT_NEAR(half.low, 41.885, 0.001);
  EXPECT_NEAR(half.high, 58.115, 0.001);
  const Interval most = wilson_interval(9451, 10000);
  // The roots of (p - 0.9451)^2 = z^2 p (1 - p) / n.
  EXPECT_NEAR(most.low, 94.12315, 1e-4);
  EXPECT_NEAR(most.high, 94.87278, 1e-4);
}

TEST(WilsonInterval, StaysInsideTheWholeRange) {
  EXPECT_EQ(wilson_interval(0, 10).low, 0.0);
  // z^2 / (n + z^2) for no hit.
  EXPECT_NEAR(wilson_interval(0, 10).high, 21.294, 0.001);
  EXPECT_NEAR(wilson_interval(10, 10).high, 100.0, 1e-9);
  EXPECT_LE(wilson_interval(10, 10).high, 100.0);
  EXPECT_EQ(wilson_interval(0, 0).low, 0.0);
  EXPECT_EQ(wilson_interval(0, 0).high, 100.0);
}

TEST(TopClasses, TakesTheFirstOfEquals) {
  const Tensor scores = Tensor::from<float>(Shape{3, 3}, std::vector<float>{1, 3, 3, -1, -1, -2, 0, 0, 5});
  EXPECT_EQ(top_classes(scores), (Classes{1, 0, 2}));
}

TEST(TopClasses, ComparesIntegersAsSuchAndFlattensWhatFollowsTheSamples) {
  const Tensor scores =
      Tensor::from<std::int8_t>(Shape{2, 1, 2, 2}, std::vector<std::int8_t>{-128, 127, 0, 1, -5, -4, -3, -128});
  EXPECT_EQ(top_classes(scores), (Classes{1, 2}));
  const Tensor bytes = Tensor::from<std::uint8_t>(Shape{1, 2}, std::vector<std::uint8_t>{127, 128});
  EXPECT_EQ(top_classes(bytes), Classes{1});
}

TEST(TopClasses, FindsNoneWhereScoresAreNotNumbers) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(top_classes(Tensor::from<float>(Shape{2, 2}, std::vector<float>{nan, 1, 1, 2})), (Classes{kNoClass, 1}));
  EXPECT_EQ(top_classes(Tensor(DType::Float32, Shape{2, 0})), (Classes{kNoClass, kNoClass}));
}

TEST(PercentEqual, CountsAgreementAndNeverNoClass) {
  EXPECT_EQ(percent_equal(Classes{1, 2, 3, 4}, Classes{1, 2, 0, 4}), 75.0);
  EXPECT_EQ(percent_equal(Classes{kNoClass, 2}, Classes{kNoClass, 2}), 50.0);
  EXPECT_EQ(percent_equal(Classes{}, Classes{}), 0.0);
}

}  // namespace
}  // namespace netfit::eval
