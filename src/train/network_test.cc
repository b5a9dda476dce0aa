// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <cmath>

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "ir/printer.h"
#include "train/testing_network.h"

namespace netfit::train {
namespace {

TEST(Network, GivesItsWeightsBack) {
  const ir::Graph graph = testing_graph();
  const Parameters parameters(graph, make_layout(graph), at::kCPU, at::kFloat);
  ir::Graph empty = graph;
  for (const ir::ValueId id : empty.values()) {
    if (empty.value(id).is_constant()) empty.value(id).constant = Tensor(DType::Float32, empty.value(id).shape);
  }
  parameters.store(empty);
  EXPECT_EQ(ir::print(empty), ir::print(graph));
}

TEST(Network, OfACloneHasNumbersOfItsOwn) {
  const ir::Graph graph = testing_graph();
  const Parameters parameters(graph, make_layout(graph), at::kCPU, at::kFloat);
  const Parameters clone = parameters.clone();
  at::Tensor trained = clone.trained;
  trained.add_(1);
  EXPECT_FALSE(at::equal(parameters.trained, clone.trained));
  EXPECT_TRUE(at::equal(clone.leaves().front().flatten(), clone.trained.narrow(0, 0, clone.leaves().front().numel())));
}

TEST(Network, UpdatesRunningStatisticsInTrainingOnly) {
  const Network network = Network::create(testing_graph()).value();
  const Parameters parameters(network.graph(), network.layout(), at::kCPU, at::kFloat);
  const at::Tensor before = parameters.statistics.clone();
  const at::Tensor input = at::randn({16, 8, 8, 3});
  network.logits(parameters, input, {});
  EXPECT_TRUE(at::equal(parameters.statistics, before));
  network.logits(parameters, input, {.phase = Phase::Training});
  EXPECT_FALSE(at::equal(parameters.statistics, before));
}

TEST(Network, DropsBranchesBySampleAndKeepsTheMean) {
  const Network network = Network::create(testing_graph()).value();
  const Parameters parameters(network.graph(), network.layout(), at::kCPU, at::kFloat);
  const at::Tensor input = at::randn({1, 8, 8, 3}).expand({2000, 8, 8, 3}).contiguous();
  at::manual_seed(1);
  const at::Tensor full = network.logits(parameters, input, {.phase = Phase::Training});
  const at::Tensor dropped = network.logits(parameters, input, {.phase = Phase::Training, .drop_last_branch = 0.4});
  EXPECT_TRUE(at::allclose(full[0], full[1], 1e-4, 1e-6));
  const at::Tensor distinct = (dropped - dropped[0]).abs().sum(1) > 1e-5;
  const float share = distinct.to(at::kFloat).mean().item<float>();
  EXPECT_TRUE(std::abs(share - 0.4) < 0.05 || std::abs(share - 0.6) < 0.05) << share;
  EXPECT_TRUE(at::allclose(dropped.mean(0), full[0], 0.05, 1e-3));
}

TEST(Network, RefusesWhatIsQuantized) {
  const ir::Graph graph = ir::parse(R"(
graph main(%x: i8[1,4] q(0.1, 3)) -> (%y) {
  %y: q(0.1, 3) = relu(%x)
}
)")
                              .value();
  const Result<Network> network = Network::create(graph);
  ASSERT_FALSE(network.has_value());
  EXPECT_NE(network.error().text().find("is quantized already"), std::string::npos) << network.error().text();
}

TEST(Initialize, DependsOnTheSeedAlone) {
  ir::Graph a = testing_graph();
  ir::Graph b = testing_graph();
  EXPECT_EQ(ir::print(a), ir::print(b));
  initialize(b, 2);
  EXPECT_NE(ir::print(a), ir::print(b));
}

}  // namespace
}  // namespace netfit::train
