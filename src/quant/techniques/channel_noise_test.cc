// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/channel_noise.h"

#include <gtest/gtest.h>

#include "quant/techniques/scale_strands.h"
#include "quant/techniques/technique_testing.h"
#include "support/graph_text.h"

namespace netfit::quant::testing {
namespace {

constexpr std::string_view kChain = R"(
graph main(%x: f32[1,6,6,3]) -> (%y) {
  const @w: f32[8,3,3,3] = random(1)
  const @d: f32[1,3,3,8] = random(2)
  const @head: f32[4,1,1,8] = random(3)
  %a = conv2d(%x, @w) padding=1,1,1,1 activation=relu
  %b = depthwise_conv2d(%a, @d) padding=1,1,1,1
  %y = conv2d(%b, @head)
})";

TEST(ChannelNoise, IsThatOfTheGraphThatTheFactorsMake) {
  const ir::Graph graph = support::graph_of(kChain);
  const Samples samples = random_samples(graph, 16);
  const ChannelStrands strands(graph);
  std::vector<double> factors(strands.count(), 1.0);
  for (const ChannelGroup& group : strands.groups()) {
    for (const Strand strand : group.strands) factors[strand] = strand % 3 == 0 ? 8.0 : 0.5;
  }
  ir::Graph scaled = graph;
  scale_strands(scaled, strands, factors);
  const auto before = measure_channels(graph, samples);
  const auto after = measure_channels(scaled, samples);
  const ChannelNoise foretold(graph, strands, *before);
  const ChannelNoise found(scaled, strands, *after);
  const std::vector<double> ones(strands.count(), 1.0);
  ASSERT_EQ(strands.groups().size(), 2U);
  for (const ChannelGroup& group : strands.groups()) {
    const double noise = found.behind(group, ones);
    EXPECT_NEAR(foretold.behind(group, factors), noise, 1e-5 * noise);
    EXPECT_GT(noise, 10 * foretold.behind(group, ones));
  }
}

TEST(ChannelNoise, DoesNotChangeWhenAllChannelsOfAGroupGrow) {
  const ir::Graph graph = support::graph_of(kChain);
  const ChannelStrands strands(graph);
  const auto statistics = measure_channels(graph, random_samples(graph, 16));
  const ChannelNoise noise(graph, strands, *statistics);
  const std::vector<double> ones(strands.count(), 1.0);
  const ChannelGroup& group = strands.groups().front();
  std::vector<double> factors = ones;
  for (const Strand strand : group.strands) factors[strand] = 32;
  EXPECT_NEAR(noise.behind(group, factors), noise.behind(group, ones), 1e-9 * noise.behind(group, ones));
}

}  // namespace
}  // namespace netfit::quant::testing
