// SPDX-License-Identifier: Apache-2.0
#include "train/rounding.h"

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
