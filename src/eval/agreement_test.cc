// SPDX-License-Identifier: Apache-2.0
#include "eval/agreement.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace netfit::eval {
namespace {

constexpr float kInf = std::numeric_limits<float>::infinity();
const float kNan = std::numeric_limits<float>::quiet_NaN();

Tensor floats(Shape shape, const std::vector<float>& elements) {
  return Tensor::from<float>(std::move(shape), elements);
}

TEST(ToReals, DequantizesPerTensorAndPerChannel) {
  const Tensor integers = Tensor::from<std::int8_t>(Shape{1, 2, 2}, std::vector<std::int8_t>{1, 2, 3, 4});
  EXPECT_EQ(to_reals(integers, std::nullopt), (std::vector<double>{1, 2, 3, 4}));
  EXPECT_EQ(to_reals(integers, QuantParams::per_tensor(0.5F, -1)), (std::vector<double>{1, 1.5, 2, 2.5}));
  EXPECT_EQ(to_reals(integers, QuantParams::per_channel({1, 10}, 1)), (std::vector<double>{1, 2, 30, 40}));
  EXPECT_EQ(to_reals(integers, QuantParams::per_channel({1, 10}, 2)), (std::vector<double>{1, 20, 3, 40}));
}

TEST(CompareOutputs, HasTheFiguresOfTheFormulae) {
  const Agreement agreement =
      compare_outputs(floats({2, 2}, {3, 4, 5, 0}), std::nullopt, floats({2, 2}, {3, 3, 5.5F, 0}), std::nullopt)
          .value();
  EXPECT_EQ(agreement.samples, 2);
  EXPECT_EQ(agreement.top1_percent, 50.0);  // in the first sample 3 and 3 tie, and the first wins
  EXPECT_EQ(agreement.largest_difference, 1.0);
  EXPECT_NEAR(agreement.sqnr_db, 10 * std::log10(50 / 1.25), 1e-9);
  EXPECT_FALSE(agreement.bit_identical);
}

TEST(CompareOutputs, ComparesRealsAcrossTypes) {
  const Tensor integers = Tensor::from<std::int8_t>(Shape{1, 2}, std::vector<std::int8_t>{-1, 3});
  const Agreement agreement =
      compare_outputs(floats({1, 2}, {0, 2}), std::nullopt, integers, QuantParams::per_tensor(0.5F, -1)).value();
  EXPECT_EQ(agreement.largest_difference, 0.0);
  EXPECT_EQ(agreement.sqnr_db, std::numeric_limits<double>::infinity());
  EXPECT_FALSE(agreement.bit_identical);  // equal reals in another type
}

TEST(CompareOutputs, FindsEqualBits) {
  const Tensor a = floats({1, 2}, {1, 2});
  EXPECT_TRUE(compare_outputs(a, std::nullopt, a, std::nullopt).value().bit_identical);
  const Agreement zeros =
      compare_outputs(floats({1, 1}, {0.0F}), std::nullopt, floats({1, 1}, {-0.0F}), std::nullopt).value();
  EXPECT_EQ(zeros.largest_difference, 0.0);
  EXPECT_FALSE(zeros.bit_identical);
}

TEST(CompareOutputs, LetsNoNanPassAsAgreement) {
  const Agreement one =
      compare_outputs(floats({1, 2}, {1, 2}), std::nullopt, floats({1, 2}, {kNan, 2}), std::nullopt).value();
  EXPECT_EQ(one.largest_difference, kInf);
  EXPECT_EQ(one.sqnr_db, -kInf);
  EXPECT_EQ(one.top1_percent, 0.0);
  const Agreement both =
      compare_outputs(floats({1, 2}, {kNan, 2}), std::nullopt, floats({1, 2}, {kNan, 2}), std::nullopt).value();
  EXPECT_EQ(both.largest_difference, 0.0);
  EXPECT_EQ(both.top1_percent, 0.0);
  const Agreement infinite =
      compare_outputs(floats({1, 2}, {kInf, 2}), std::nullopt, floats({1, 2}, {-kInf, 2}), std::nullopt).value();
  EXPECT_EQ(infinite.largest_difference, kInf);
}

TEST(CompareOutputs, RefusesDifferentShapes) {
  EXPECT_EQ(compare_outputs(floats({1, 2}, {1, 2}), std::nullopt, floats({2, 1}, {1, 2}), std::nullopt).error().what(),
            "outputs have different shapes: 1x2 and 2x1");
}

}  // namespace
}  // namespace netfit::eval
