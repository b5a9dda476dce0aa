// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <cmath>

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "ir/parser.h"
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

// A residual block whose branch ends in a batch norm.
ir::Graph residual_graph() {
  ir::Graph graph = *ir::parse(R"(
graph main(%x: f32[1,4,4,3]) -> (%y) weights=absent {
  const @k1: f32[3,1,1,3]
  const @k2: f32[3,1,1,3]
  const @scale: f32[3]
  const @shift: f32[3]
  const @mean: f32[3]
  const @variance: f32[3]
  %a = conv2d(%x, @k1)
  %b = conv2d(%a, @k2)
  %n = batch_norm(%b, @scale, @shift, @mean, @variance)
  %s = add(%n, %a)
  %y = mean(%s) axes=[1,2]
}
)");
  initialize(graph, 1);
  return graph;
}

TEST(Network, OfQuantizationAwareTrainingIsTheSameUntilItRounds) {
  const Network plain = Network::create(residual_graph()).value();
  const Network folding = Network::create(residual_graph(), {.scheme = QatScheme::Int8}).value();
  const Parameters of_plain(plain.graph(), plain.layout(), at::kCPU, at::kFloat);
  const Parameters of_folding(folding.graph(), folding.layout(), at::kCPU, at::kFloat);
  const at::Tensor input = at::randn({64, 4, 4, 3});
  const Rounding watching{.scheme = QatScheme::Int8, .watch = [](ir::ValueId, const at::Tensor&) {}};
  for (const Phase phase : {Phase::Training, Phase::Evaluation}) {
    const at::Tensor wanted = plain.logits(of_plain, input, {.phase = phase});
    EXPECT_TRUE(
        at::allclose(folding.logits(of_folding, input, {.phase = phase, .rounding = watching}), wanted, 1e-4, 1e-4));
  }
  EXPECT_TRUE(at::allclose(of_folding.statistics, of_plain.statistics, 1e-4, 1e-5));
  // The branch is what stochastic depth drops, not what the sum leaves out.
  at::manual_seed(1);
  const at::Tensor dropped = plain.logits(of_plain, input, {.phase = Phase::Training, .drop_last_branch = 0.5});
  at::manual_seed(1);
  EXPECT_TRUE(at::allclose(
      folding.logits(of_folding, input, {.phase = Phase::Training, .drop_last_branch = 0.5, .rounding = watching}),
      dropped, 1e-4, 1e-4));
}

// Behind the folded batch norm and the sum, not behind the convolution.
TEST(Network, RoundsWhereTheIntegerNetworkDoes) {
  const Network network = Network::create(residual_graph(), {.scheme = QatScheme::Int8}).value();
  const Parameters parameters(network.graph(), network.layout(), at::kCPU, at::kFloat);
  std::vector<std::string> seen;
  const auto watch = [&](ir::ValueId id, const at::Tensor&) { seen.push_back(network.graph().value(id).name); };
  network.logits(parameters, at::randn({2, 4, 4, 3}), {.rounding = {.scheme = QatScheme::Int8, .watch = watch}});
  EXPECT_EQ(seen, (std::vector<std::string>{"x", "a", "n", "s", "y"}));
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
