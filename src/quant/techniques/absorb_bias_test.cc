// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/absorb_bias.h"

#include <string>

#include <gtest/gtest.h>

#include "quant/observers/channel_statistics.h"
#include "quant/techniques/technique_testing.h"
#include "support/graph_text.h"

namespace netfit::quant::testing {
namespace {

// Channel 0 lies around 10, channel 1 around 0, channel 2 around 4 with a width of 1 or so.
ir::Graph network(const std::string& activation, const std::string& padding) {
  return support::graph_of(R"(graph main(%x: f32[1,6,6,2]) -> (%y) {
    const @w: f32[3,1,1,2] = [1, 0.5, 0.5, 1, 0.25, 0.25]
    const @b: f32[3] = [10, 0, 4]
    const @head: f32[2,3,3,3] = random(2)
    %a = conv2d(%x, @w, @b) activation=)" +
                           activation + R"(
    %y = conv2d(%a, @head) padding=)" +
                           padding + "\n}");
}

// How many channels moved on; what the graph computes must not have changed.
std::int64_t absorbed(const ir::Graph& before, ir::Graph& after) {
  after = before;
  const Samples samples = random_samples(before, 8);
  const Result<Absorption> absorption = absorb_high_bias(after, samples);
  EXPECT_TRUE(absorption) << (absorption ? "" : absorption.error().text());
  EXPECT_LE(largest_difference(output_of(after, samples), output_of(before, samples)), 2e-5);
  return absorption ? absorption->channels : -1;
}

TEST(AbsorbHighBias, MovesOffsetsThroughRelus) {
  ir::Graph after;
  EXPECT_EQ(absorbed(network("relu", "0,0,0,0"), after), 2);
  const auto statistics = measure_channels(after, random_samples(after, 8));
  const std::vector<ChannelStatistics>& channels = statistics->at(*after.find_value("a"));
  EXPECT_NEAR(channels[0].low, 0, 1e-5);
  EXPECT_LE(channels[0].high, 3.1F);
  EXPECT_NEAR(constant(after, "b")[1], 0, 0);
  EXPECT_EQ(constant(after, "head_bias").size(), 2U);
}

TEST(AbsorbHighBias, LeavesChannelsThatARelu6Clips) {
  ir::Graph after;
  EXPECT_EQ(absorbed(network("relu6", "0,0,0,0"), after), 1);
  EXPECT_EQ(constant(after, "b")[0], 10);
  EXPECT_LT(constant(after, "b")[2], 1);
}

TEST(AbsorbHighBias, MovesNothingIntoPadding) {
  ir::Graph after;
  EXPECT_EQ(absorbed(network("relu", "1,1,1,1"), after), 0);
}

TEST(AbsorbHighBias, MovesNothingThatSomethingElseReads) {
  ir::Graph after;
  const ir::Graph before = support::graph_of(R"(graph main(%x: f32[1,6,6,2]) -> (%y, %sum) {
    const @w: f32[2,1,1,2] = [1, 0.5, 0.5, 1]
    const @b: f32[2] = [10, 10]
    const @head: f32[2,1,1,2] = random(2)
    %a = conv2d(%x, @w, @b)
    %y = conv2d(%a, @head)
    %sum = add(%a, %x)
  })");
  EXPECT_EQ(absorbed(before, after), 0);
}

}  // namespace
}  // namespace netfit::quant::testing
