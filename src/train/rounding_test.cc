// SPDX-License-Identifier: Apache-2.0
#include "train/rounding.h"

#include <cmath>

#include <ATen/Context.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace netfit::train {
namespace {

class KernelOf : public ::testing::TestWithParam<QatScheme> {};

TEST_P(KernelOf, LiesOnItsGridAndMovesByHalfAStepAtMost) {
  at::manual_seed(1);
  const at::Tensor kernel = at::randn({4, 3, 3, 2}) * at::tensor({1.0F, 8.0F, 0.1F, 2.0F}).view({4, 1, 1, 1});
  const at::Tensor rounded = round_kernel(kernel, GetParam());
  const double most = GetParam() == QatScheme::Int4 ? 7 : 127;
  const bool one_scale = GetParam() == QatScheme::Int8PerTensor;
  for (std::int64_t channel = 0; channel < 4; ++channel) {
    const at::Tensor scale = (one_scale ? kernel : kernel[channel]).abs().max() / most;
    const at::Tensor levels = rounded[channel] / scale;
    EXPECT_LT((levels - levels.round()).abs().max().item<double>(), 1e-3);
    EXPECT_LE(levels.abs().max().item<double>(), most + 1e-3);
    EXPECT_LE((rounded[channel] - kernel[channel]).abs().max().item<double>(), scale.item<double>() * 0.5001);
  }
}

INSTANTIATE_TEST_SUITE_P(Schemes, KernelOf,
                         ::testing::Values(QatScheme::Int8, QatScheme::Int8PerTensor, QatScheme::Int4));

TEST(RoundKernel, PassesGradientsAsIfItDidNothing) {
  const at::Tensor kernel = at::randn({2, 5}).requires_grad_();
  const at::Tensor weight = at::randn({2, 5});
  const at::Tensor loss = (round_kernel(kernel, QatScheme::Int4) * weight).sum();
  EXPECT_TRUE(at::allclose(torch::autograd::grad({loss}, {kernel}).front(), weight, 1e-5, 1e-6));
}

class KernelWithStepsOf : public ::testing::TestWithParam<QatScheme> {
 protected:
  KernelWithStepsOf() { at::manual_seed(2); }

  at::Tensor kernel_ = at::randn({4, 3, 3, 2});
  at::Tensor largest_ = largest_steps(kernel_, GetParam());
};

TEST_P(KernelWithStepsOf, IsTheOrdinaryOneWhereTheLargestWeightSetsThem) {
  EXPECT_TRUE(at::allclose(round_kernel(kernel_, largest_, GetParam()), round_kernel(kernel_, GetParam()), 1e-4, 1e-6));
}

TEST_P(KernelWithStepsOf, ClipsAndTellsItsStepsAgain) {
  for (const double factor : {0.4, 0.9, 5.0}) {  // the last would leave outer levels empty
    const at::Tensor rounded = round_kernel(kernel_, largest_ * factor, GetParam());
    EXPECT_TRUE(at::allclose(round_kernel(rounded, GetParam()), rounded, 1e-4, 1e-6)) << factor;
    if (factor < 1) EXPECT_TRUE(at::allclose(largest_steps(rounded, GetParam()), largest_ * factor, 1e-4));
  }
}

TEST_P(KernelWithStepsOf, GivesThemTheGradientOfTheirRounding) {
  const double most = GetParam() == QatScheme::Int4 ? 7 : 127;
  const at::Tensor steps = (largest_ * 0.5).requires_grad_();
  const at::Tensor kernel = kernel_.clone().requires_grad_();
  const auto gradients = torch::autograd::grad({round_kernel(kernel, steps, GetParam()).sum()}, {steps, kernel});
  const at::Tensor places = kernel_.view({4, -1}) / steps.detach().view({-1, 1});
  const at::Tensor inside = places.round().abs() <= most;
  // Esser et al., equation 3: the distance to the level below the weight's, and the outermost level beyond the ends.
  at::Tensor wanted = at::where(inside, places.round() - places, places.sign() * most);
  const double elements = static_cast<double>(kernel_.numel()) / static_cast<double>(steps.numel());
  wanted = (steps.numel() == 1 ? wanted.sum().view({1}) : wanted.sum(1)) / std::sqrt(elements * most);
  EXPECT_TRUE(at::allclose(gradients[0], wanted, 1e-3, 1e-4));
  EXPECT_TRUE(at::allclose(gradients[1].view({4, -1}), inside.to(at::kFloat)));
}

INSTANTIATE_TEST_SUITE_P(Schemes, KernelWithStepsOf,
                         ::testing::Values(QatScheme::Int8, QatScheme::Int8PerTensor, QatScheme::Int4));

TEST(RoundUnit, HasTheGridOfAProbability) {
  const at::Tensor rounded = round_unit(at::tensor({0.0F, 0.1F, 1.0F}));
  EXPECT_EQ(rounded[0].item<float>(), 0);
  EXPECT_FLOAT_EQ(rounded[1].item<float>(), 26.0F / 256);
  EXPECT_FLOAT_EQ(rounded[2].item<float>(), 255.0F / 256);
}

TEST(RoundActivation, HasZeroOnItsGridAndClampsToItsRange) {
  const at::Tensor range = at::tensor({-1.0F, 3.0F});
  const at::Tensor rounded = round_activation(at::tensor({0.0F, -9.0F, 9.0F, 0.5F}).view({4, 1}), range).view({4});
  EXPECT_EQ(rounded[0].item<float>(), 0);
  const float step = 4.0F / 255;
  EXPECT_NEAR(rounded[1].item<float>(), -1, step);
  EXPECT_NEAR(rounded[2].item<float>(), 3, step);
  EXPECT_NEAR(rounded[3].item<float>(), 0.5, step / 2);
}

TEST(RoundActivation, WidensARangeThatClipsAndLeavesTheRest) {
  const at::Tensor range = at::tensor({0.0F, 1.0F}).requires_grad_();
  const at::Tensor x = at::tensor({5.0F, 0.5F}).view({1, 2}).requires_grad_();
  const at::Tensor loss = (round_activation(x, range) - x.detach()).pow(2).sum();
  const auto gradients = torch::autograd::grad({loss}, {range, x});
  EXPECT_LT(gradients[0][1].item<float>(), 0);     // a step against it raises the upper end
  EXPECT_EQ(gradients[1][0][0].item<float>(), 0);  // beyond the range nothing passes
  EXPECT_NE(gradients[1][0][1].item<float>(), 0);
}

}  // namespace
}  // namespace netfit::train
