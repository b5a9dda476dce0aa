// SPDX-License-Identifier: Apache-2.0
// What is trained is the network that is exported: torch computes the same function as the interpreter, one network of
// each family.
#include "train/network.h"

#include <cmath>

#include <gtest/gtest.h>

#include "random_weights.h"

namespace netfit::whole_networks {
namespace {

class TrainedNetwork : public ::testing::TestWithParam<const char*> {};

void expect_same_function(const ir::Graph& graph, const Tensor& input) {
  const train::Network network = must(train::Network::create(graph));
  const train::Parameters parameters(network.graph(), network.layout(), at::kCPU, at::kFloat);
  const Tensor torch = train::from_torch(network.logits(parameters, train::to_torch(input, at::kCPU), {}));
  const auto interpreter = must(interp::create_interpreter(graph, {.threads = 1}));
  const Tensor expected = must(interpreter->run(std::span(&input, 1), base::no_progress())).front();
  const auto a = torch.data<float>();
  const auto b = expected.data<float>();
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-4 * (1 + std::abs(b[i]))) << i;
}

TEST_P(TrainedNetwork, IsTheInterpretersFunction) {
  const ir::Graph graph = with_random_weights(GetParam());
  const Shape& shape = graph.value(graph.inputs.front().value).shape;
  base::Random random(5);
  Tensor input(DType::Float32, shape.with_dim(0, 2));
  for (float& x : input.mutable_data<float>()) x = random.real(-2, 2);
  expect_same_function(graph, input);
}

INSTANTIATE_TEST_SUITE_P(Families, TrainedNetwork,
                         ::testing::Values("mobilenet_v2_cifar:alpha=0.25", "mobilenet_v1_cifar:alpha=0.25",
                                           "mobilenet_v3_cifar:alpha=0.35", "resnet_v1_cifar", "blocks",
                                           "efficientnet_lite_cifar", "squeezenet:resolution=64",
                                           "mobilenet_v2:alpha=0.35,resolution=33"));

}  // namespace
}  // namespace netfit::whole_networks
