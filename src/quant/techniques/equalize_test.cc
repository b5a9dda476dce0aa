// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/equalize.h"

#include <cmath>

#include <gtest/gtest.h>

#include "quant/observers/channel_statistics.h"
#include "quant/techniques/scale_strands.h"
#include "quant/techniques/technique_testing.h"
#include "support/graph_text.h"

namespace netfit::quant::testing {
namespace {

// A residual group behind the stem, and an expansion between relu6.
constexpr std::string_view kHealthy = R"(
graph main(%x: f32[1,8,8,3]) -> (%y) {
  const @stem_w: f32[16,3,3,3] = random(1)
  const @expand_w: f32[32,1,1,16] = random(2, -0.1, 0.1)
  const @expand_b: f32[32] = fill(0.5)
  const @depthwise_w: f32[1,3,3,32] = random(3)
  const @project_w: f32[16,1,1,32] = random(4)
  const @head_w: f32[5,16] = random(5)
  %stem = conv2d(%x, @stem_w) padding=1,1,1,1
  %expand = conv2d(%stem, @expand_w, @expand_b) activation=relu6
  %depthwise = depthwise_conv2d(%expand, @depthwise_w) padding=1,1,1,1 activation=relu6
  %project = conv2d(%depthwise, @project_w)
  %sum = add(%stem, %project)
  %mean = mean(%sum) axes=[1,2]
  %y = fully_connected(%mean, @head_w)
})";

void scale(ir::Graph& graph, std::string_view value, const std::vector<double>& by_channel) {
  const passes::ChannelStrands strands(graph);
  std::vector<double> factors(strands.count(), 1.0);
  const std::span<const passes::Strand> own = strands.of(*graph.find_value(value));
  for (std::size_t c = 0; c < own.size(); ++c) factors[own[c]] = by_channel[c % by_channel.size()];
  scale_strands(graph, strands, factors);
}

Equalization equalized(ir::Graph& graph, const Samples& samples) {
  const Tensor before = output_of(graph, samples);
  const Result<Equalization> report = equalize(graph, samples);
  EXPECT_TRUE(report) << (report ? "" : report.error().text());
  EXPECT_EQ(output_of(graph, samples), before);
  return report ? *report : Equalization();
}

TEST(Equalize, LeavesAHealthyNetworkAlone) {
  ir::Graph graph = support::graph_of(kHealthy);
  EXPECT_TRUE(equalized(graph, random_samples(graph, 32)).groups.empty());
}

TEST(Equalize, EvensOutAResidualGroup) {
  ir::Graph graph = support::graph_of(kHealthy);
  scale(graph, "sum", {1, 64, 1.0 / 64, 4, 0.25, 16});
  const Equalization report = equalized(graph, random_samples(graph, 32));
  ASSERT_EQ(report.groups.size(), 1U);
  const EqualizedGroup& group = report.groups.front();
  EXPECT_EQ(group.values, (std::vector<std::string>{"stem", "project", "sum", "mean"}));
  EXPECT_EQ(group.channels, 16);
  EXPECT_GE(group.scaled, 12);
  EXPECT_GT(group.gain_db, 20);
  EXPECT_GE(group.largest_factor, 32);
  EXPECT_TRUE(group.worst_channel % 6 == 1 || group.worst_channel % 6 == 2) << group.worst_channel;
}

TEST(Equalize, RaisesFewFaintChannelsBetweenRelu6) {
  ir::Graph graph = support::graph_of(kHealthy);
  std::vector<double> factors(32, 1.0);
  factors[3] = factors[20] = 1.0 / 64;
  scale(graph, "expand", factors);
  const Samples samples = random_samples(graph, 32);
  const Equalization report = equalized(graph, samples);
  ASSERT_EQ(report.groups.size(), 1U);
  EXPECT_EQ(report.groups[0].values, std::vector<std::string>{"expand"});
  const auto statistics = measure_channels(graph, samples);
  for (const ChannelStatistics& channel : statistics->at(*graph.find_value("expand"))) {
    EXPECT_LT(channel.high, 6);
    EXPECT_GT(channel.high, 0.5F);
  }
}

TEST(Equalize, GivesTheSameWeightsOnAnyNumberOfThreads) {
  std::vector<std::vector<double>> weights;
  for (const int threads : {1, 3}) {
    ir::Graph graph = support::graph_of(kHealthy);
    scale(graph, "sum", {1, 64, 1.0 / 64});
    Samples samples = random_samples(graph, 70);
    samples.engine.options.threads = threads;
    ASSERT_TRUE(equalize(graph, samples));
    weights.push_back(constant(graph, "expand_w"));
  }
  EXPECT_EQ(weights[0], weights[1]);
}

TEST(Equalize, NamesTheValueThatIsNotFinite) {
  ir::Graph graph = support::graph_of(R"(graph main(%x: f32[1,2]) -> (%y) {
    const @w: f32[2,2] = fill(1e38)
    %a = fully_connected(%x, @w)
    %y = mul(%a, %a)
  })");
  const Result<Equalization> report = equalize(graph, random_samples(graph, 2));
  ASSERT_FALSE(report);
  EXPECT_NE(report.error().text().find("value 'y' is not finite"), std::string::npos) << report.error().text();
}

}  // namespace
}  // namespace netfit::quant::testing
