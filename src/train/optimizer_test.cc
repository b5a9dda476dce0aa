// SPDX-License-Identifier: Apache-2.0
#include "train/optimizer.h"

#include <cmath>

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "train/testing_network.h"

namespace netfit::train {
namespace {

class Optimizers : public ::testing::Test {
 protected:
  Optimizers() { at::manual_seed(2); }

  void step(Optimizer& optimizer, const at::Tensor& gradient, double rate, bool sound = true) {
    optimizer.step(parameters_, gradient, at::full({1}, rate), at::full({}, sound, at::kBool));
  }
  at::Tensor random() const { return at::randn_like(parameters_.trained); }
  at::Tensor part(const at::Tensor& flat, const char* name) const {
    for (const Slot& slot : parameters_.layout().slots) {
      if (graph_.value(slot.value).name != name) continue;
      return flat.narrow(0, parameters_.layout().trained_at(slot), slot.shape.element_count());
    }
    throw std::runtime_error(name);
  }

  ir::Graph graph_ = testing_graph();
  Parameters parameters_{graph_, make_layout(graph_), at::kCPU, at::kFloat};
};

TEST_F(Optimizers, SgdFollowsNesterovsMomentum) {
  const auto optimizer = make_optimizer({.momentum = 0.9, .weight_decay = 0, .depthwise_weight_decay = 0}, parameters_);
  const at::Tensor begin = parameters_.trained.clone();
  const at::Tensor first = random();
  const at::Tensor second = random();
  step(*optimizer, first, 0.1);
  EXPECT_TRUE(at::allclose(parameters_.trained, begin - 0.1 * 1.9 * first, 1e-4, 1e-6));
  const at::Tensor before = parameters_.trained.clone();
  step(*optimizer, second, 0.2);
  EXPECT_TRUE(at::allclose(parameters_.trained, before - 0.2 * (1.9 * second + 0.81 * first), 1e-4, 1e-6));
}

TEST_F(Optimizers, DecayEachGroupByItsOwnFigure) {
  const auto optimizer = make_optimizer(
      {.momentum = 0, .weight_decay = 0.1, .depthwise_weight_decay = 0.2, .vector_weight_decay = 0.3}, parameters_);
  parameters_.trained.fill_(1);
  step(*optimizer, at::zeros_like(parameters_.trained), 1);
  EXPECT_NEAR(part(parameters_.trained, "stem").mean().item<float>(), 0.9, 1e-6);
  EXPECT_NEAR(part(parameters_.trained, "matrix").mean().item<float>(), 0.9, 1e-6);
  EXPECT_NEAR(part(parameters_.trained, "depthwise").mean().item<float>(), 0.8, 1e-6);
  EXPECT_NEAR(part(parameters_.trained, "bias").mean().item<float>(), 0.7, 1e-6);
  EXPECT_NEAR(part(parameters_.trained, "stem_scale").mean().item<float>(), 0.7, 1e-6);
}

TEST_F(Optimizers, AdamWTakesStepsOfTheRateAndDecaysApart) {
  const auto optimizer =
      make_optimizer({.kind = OptimizerKind::AdamW, .weight_decay = 0.5, .depthwise_weight_decay = 0.5}, parameters_);
  const at::Tensor begin = parameters_.trained.clone();
  const at::Tensor gradient = random();
  step(*optimizer, gradient, 0.01);
  const at::Tensor expected = part(begin, "stem") * (1 - 0.01 * 0.5) - 0.01 * part(gradient, "stem").sign();
  EXPECT_TRUE(at::allclose(part(parameters_.trained, "stem"), expected, 1e-4, 1e-5));
  step(*optimizer, -gradient, 0.01);  // the mean is now 0.9 * 0.1 g - 0.1 g, the square unchanged
  const at::Tensor before = part(begin, "bias") - 0.01 * part(gradient, "bias").sign();
  const double step_size = 0.01 * (0.1 * 0.9 - 0.1) / (1 - 0.81);
  const at::Tensor after = before - step_size * part(gradient, "bias").sign();
  EXPECT_TRUE(at::allclose(part(parameters_.trained, "bias"), after, 1e-3, 1e-5));
}

TEST_F(Optimizers, MuonMakesKernelStepsOrthogonalAndLeavesVectorsToSgd) {
  const OptimizerRecipe recipe{
      .kind = OptimizerKind::Muon, .momentum = 0, .weight_decay = 0, .depthwise_weight_decay = 0};
  const auto optimizer = make_optimizer(recipe, parameters_);
  const at::Tensor begin = parameters_.trained.clone();
  const at::Tensor gradient = random();
  step(*optimizer, gradient, 1);
  // Singular vectors stay those of the gradient, and singular values, as parts of its length, go five times through the
  // polynomial of Jordan et al.
  const double step_size = 0.1;
  const at::Tensor change = part(begin - parameters_.trained, "stem").view({4, 27}) / step_size;
  const auto [left, values, right] = at::linalg_svd(part(gradient, "stem").view({4, 27}), false);
  at::Tensor wanted = values / values.norm();
  for (int i = 0; i < 5; ++i) wanted = 3.4445 * wanted - 4.7750 * wanted.pow(3) + 2.0315 * wanted.pow(5);
  EXPECT_TRUE(at::allclose(left.t().mm(change).mm(right.t()), at::diag(wanted), 1e-3, 1e-3));
  // So near is that to the polar factor, whose singular values are all 1 (they say 0.68 to 1.13).
  EXPECT_LT(at::linalg_svdvals(change - left.mm(right)).max().item<float>(), 0.33);
  EXPECT_TRUE(at::allclose(part(begin - parameters_.trained, "bias"), part(gradient, "bias"), 1e-4, 1e-6));
}

class UnsoundStep : public Optimizers, public ::testing::WithParamInterface<OptimizerKind> {};

TEST_P(UnsoundStep, ChangesNothing) {
  const auto optimizer = make_optimizer({.kind = GetParam()}, parameters_);
  step(*optimizer, random(), 0.1);
  const at::Tensor before = parameters_.trained.clone();
  std::vector<at::Tensor> state;
  for (const at::Tensor& tensor : optimizer->state()) state.push_back(tensor.clone());
  step(*optimizer, at::full_like(before, std::numeric_limits<float>::infinity()), 0.1, false);
  EXPECT_TRUE(at::equal(parameters_.trained, before));
  const std::vector<at::Tensor> after = optimizer->state();
  for (std::size_t i = 0; i < state.size(); ++i) EXPECT_TRUE(at::equal(state[i], after[i])) << i;
}

INSTANTIATE_TEST_SUITE_P(Kinds, UnsoundStep,
                         ::testing::Values(OptimizerKind::Sgd, OptimizerKind::AdamW, OptimizerKind::Muon));

}  // namespace
}  // namespace netfit::train
