// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/reestimate_batch_norm.h"

#include <array>

#include <gtest/gtest.h>

#include "passes/constants.h"
#include "quant/observers/channel_statistics.h"
#include "quant/techniques/technique_testing.h"
#include "support/graph_text.h"

namespace netfit::quant::testing {
namespace {

// Two norms in a row, the second behind a relu of the first, with statistics that fit neither.
constexpr std::string_view kStale = R"(
graph main(%x: f32[1,5,5,2]) -> (%y) {
  const @w1: f32[4,3,3,2] = random(1)
  const @w2: f32[3,3,3,4] = random(2)
  const @scale1: f32[4] = random(3, 1, 2)
  const @shift1: f32[4] = random(4)
  const @mean1: f32[4] = fill(50)
  const @variance1: f32[4] = fill(100)
  const @scale2: f32[3] = fill(2)
  const @shift2: f32[3] = fill(0.5)
  const @mean2: f32[3] = fill(-3)
  const @variance2: f32[3] = fill(100)
  %a = conv2d(%x, @w1) padding=1,1,1,1
  %n1 = batch_norm(%a, @scale1, @shift1, @mean1, @variance1) epsilon=0
  %r = relu(%n1)
  %b = conv2d(%r, @w2)
  %y = batch_norm(%b, @scale2, @shift2, @mean2, @variance2) epsilon=0
})";

TEST(ReestimateBatchNorms, GivesEveryNormTheStatisticsOfItsData) {
  ir::Graph graph = support::graph_of(kStale);
  const Samples samples = random_samples(graph, 64);
  const auto renewed = reestimate_batch_norms(graph, samples);
  ASSERT_TRUE(renewed) << renewed.error().text();
  ASSERT_EQ(renewed->size(), 2);
  EXPECT_GT(renewed->front().shift, 5);
  const auto statistics = measure_channels(graph, samples);
  ASSERT_TRUE(statistics) << statistics.error().text();
  for (const ChannelStatistics& channel : statistics->at(*graph.find_value("y"))) {
    EXPECT_NEAR(channel.mean, 0.5, 1e-4);
    EXPECT_NEAR(channel.variance(), 4, 1e-3);
  }
}

TEST(ReestimateBatchNorms, ChangesNothingTheSecondTime) {
  ir::Graph graph = support::graph_of(kStale);
  const Samples samples = random_samples(graph, 64);
  ASSERT_TRUE(reestimate_batch_norms(graph, samples));
  const Tensor once = output_of(graph, samples);
  const auto again = reestimate_batch_norms(graph, samples);
  ASSERT_TRUE(again);
  for (const RenewedRecord& record : *again) EXPECT_LE(record.shift, 1e-6);
  EXPECT_LE(largest_difference(output_of(graph, samples), once), 1e-4);
}

// A record lies apart by 1 deviation or by a factor of 2 in variance; of its channels the middle one counts.
TEST(RecordShift, IsInDeviationsAndPowersOfTwo) {
  const ir::Graph graph = support::graph_of(R"(graph main(%x: f32[1,3]) -> (%y) {
    const @one: f32[3] = fill(1)
    const @mean: f32[3] = [0, 2, 90]
    const @variance: f32[3] = [4, 4, 4]
    %y = batch_norm(%x, @one, @one, @mean, @variance) epsilon=0
  })");
  const ir::NodeView norm(graph, graph.node(graph.order().front()));
  const auto data = [](double mean, double variance) {
    return ChannelStatistics{.mean = mean, .mean_square = variance + mean * mean};
  };
  EXPECT_NEAR(record_shift(norm, std::array{data(0, 4), data(0, 4), data(0, 4)}), 1, 1e-9);
  EXPECT_NEAR(record_shift(norm, std::array{data(0, 8), data(2, 8), data(90, 8)}), 1, 1e-9);
  EXPECT_NEAR(record_shift(norm, std::array{data(0, 4), data(2, 4), data(0, 4)}), 0, 1e-9);
}

TEST(ReestimateBatchNorms, LeavesRecordsAloneThatAreNearEnough) {
  ir::Graph graph = support::graph_of(kStale);
  const Samples samples = random_samples(graph, 64);
  ASSERT_TRUE(reestimate_batch_norms(graph, samples));
  const Tensor sound = output_of(graph, samples);
  const ir::NodeId second = graph.order().back();
  passes::Wiring wiring(graph);
  passes::replace_constant(wiring, second, 3, Tensor::from(Shape{3}, std::vector<float>{9, 9, 9}));
  const auto renewed = reestimate_batch_norms(graph, samples, {.beyond = 0.2});
  ASSERT_TRUE(renewed);
  ASSERT_EQ(renewed->size(), 1);
  EXPECT_EQ(renewed->front().batch_norm, second);
  EXPECT_LE(largest_difference(output_of(graph, samples), sound), 1e-4);
}

TEST(ReestimateBatchNorms, LeavesANormOfConstantsAlone) {
  ir::Graph graph = support::graph_of(R"(graph main(%x: f32[1,2]) -> (%y) {
    const @c: f32[1,2] = [1, 2]
    const @one: f32[2] = fill(1)
    %n = batch_norm(@c, @one, @one, @one, @one)
    %y = add(%x, %n)
  })");
  const auto renewed = reestimate_batch_norms(graph, random_samples(graph, 2));
  ASSERT_TRUE(renewed) << renewed.error().text();
  EXPECT_TRUE(renewed->empty());
}

TEST(ReestimateBatchNorms, HasNothingToDoInAFoldedGraph) {
  ir::Graph graph = support::graph_of("graph main(%x: f32[1,2]) -> (%y) { %y = relu(%x) }");
  const auto renewed = reestimate_batch_norms(graph, random_samples(graph, 2));
  ASSERT_TRUE(renewed) << renewed.error().text();
  EXPECT_TRUE(renewed->empty());
}

}  // namespace
}  // namespace netfit::quant::testing
