// SPDX-License-Identifier: Apache-2.0
#include "train/ops/folded.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace netfit::train {
namespace {

// A matrix with a bias, a batch norm behind it, and statistics that are not those of the data.
class Folded : public ::testing::Test {
 protected:
  Folded() {
    layer_.run = [this](const at::Tensor& kernel) { return at::linear(data_, kernel); };
    layer_.round = [](const at::Tensor& kernel) { return kernel; };
  }

  at::Tensor by_batch_norm(bool training, const at::Tensor& mean, const at::Tensor& variance) const {
    const FoldedLayer::Norm& norm = layer_.norm;
    return at::batch_norm(at::linear(data_, layer_.kernel, layer_.bias), norm.scale, norm.shift, mean, variance,
                          training, 0.1, norm.epsilon, false);
  }

  at::Generator seeded_ = [] {
    at::manual_seed(4);
    return at::Generator();
  }();
  at::Tensor data_ = at::randn({32, 6});
  FoldedLayer layer_{.kernel = at::randn({5, 6}).requires_grad_(),
                     .bias = at::randn({5}),
                     .norm = {.scale = at::randn({5}).requires_grad_(),
                              .shift = at::randn({5}).requires_grad_(),
                              .mean = at::randn({5}),
                              .variance = at::rand({5}) + 0.5,
                              .epsilon = 1e-5}};
};

TEST_F(Folded, WithoutRoundingIsTheBatchNormInTraining) {
  const at::Tensor mean = layer_.norm.mean.clone();
  const at::Tensor variance = layer_.norm.variance.clone();
  const at::Tensor wanted = by_batch_norm(true, mean, variance);
  const at::Tensor y = run_with_batch_statistics(layer_, 0.1);
  EXPECT_TRUE(at::allclose(y, wanted, 1e-4, 1e-4));
  EXPECT_TRUE(at::allclose(layer_.norm.mean, mean, 1e-4, 1e-5));  // both moved by the same batch
  EXPECT_TRUE(at::allclose(layer_.norm.variance, variance, 1e-4, 1e-5));
  const at::Tensor weight = at::randn_like(y);
  const std::vector<at::Tensor> leaves{layer_.kernel, layer_.norm.scale, layer_.norm.shift};
  const auto gradients = torch::autograd::grad({(y * weight).sum()}, leaves);
  const auto expected = torch::autograd::grad({(wanted * weight).sum()}, leaves);
  for (std::size_t i = 0; i < leaves.size(); ++i) EXPECT_TRUE(at::allclose(gradients[i], expected[i], 1e-3, 1e-3)) << i;
}

TEST_F(Folded, WithoutRoundingIsTheBatchNormOnRunningStatistics) {
  const at::Tensor mean = layer_.norm.mean.clone();
  const at::Tensor wanted = by_batch_norm(false, layer_.norm.mean, layer_.norm.variance);
  EXPECT_TRUE(at::allclose(run_with_running_statistics(layer_), wanted, 1e-4, 1e-4));
  EXPECT_TRUE(at::equal(layer_.norm.mean, mean));
}

// What is rounded does not depend on the batch, and is what the exported network holds.
TEST_F(Folded, RoundsTheKernelFoldedWithRunningStatistics) {
  std::vector<at::Tensor> seen;
  layer_.round = [&](const at::Tensor& kernel) {
    seen.push_back(kernel.detach());
    return kernel.round();
  };
  run_with_batch_statistics(layer_, 0.1);
  const at::Tensor factor = layer_.norm.scale / (layer_.norm.variance + layer_.norm.epsilon).sqrt();
  const at::Tensor folded = layer_.kernel * factor.view({5, 1});
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_TRUE(at::allclose(seen.front(), folded, 1e-5, 1e-6));
  const at::Tensor shift = layer_.norm.shift + (layer_.bias - layer_.norm.mean) * factor;
  EXPECT_TRUE(at::allclose(run_with_running_statistics(layer_), at::linear(data_, folded.round(), shift), 1e-4, 1e-4));
}

}  // namespace
}  // namespace netfit::train
