// SPDX-License-Identifier: Apache-2.0
#include "passes/channel_strands.h"

#include <string>

#include <gtest/gtest.h>

#include "support/graph_text.h"
#include "support/residual_network.h"

namespace netfit::passes {
namespace {

std::vector<Strand> strands_of(const ir::Graph& graph, const ChannelStrands& strands, std::string_view name) {
  const auto own = strands.of(*graph.find_value(name));
  return {own.begin(), own.end()};
}

TEST(ChannelStrands, RunThroughSumsAndPoolsAndEndAtLayers) {
  const ir::Graph graph = support::graph_of(support::kResidualNetwork);
  const ChannelStrands strands(graph);
  const std::vector<Strand> stem = strands_of(graph, strands, "stem");
  for (const char* name : {"project", "sum", "pooled", "mean"}) EXPECT_EQ(strands_of(graph, strands, name), stem);
  EXPECT_NE(strands_of(graph, strands, "expand"), strands_of(graph, strands, "depthwise"));
  ASSERT_EQ(strands.groups().size(), 3U);
  EXPECT_EQ(strands.groups()[0].values.size(), 5U);
  EXPECT_EQ(strands.groups()[0].strands, stem);
  for (const char* name : {"x", "y"}) EXPECT_TRUE(strands.is_pinned(strands_of(graph, strands, name)[0]));
}

TEST(ChannelStrands, FollowPlacesInConcatsAndReshapes) {
  const ir::Graph graph = support::graph_of(R"(
    graph main(%x: f32[1,2,2,3]) -> (%y) {
      const @v: f32[2,1,1,3] = random(1)
      const @w: f32[1,1,1,3] = random(2)
      const @head: f32[2,12] = random(3)
      %a = conv2d(%x, @v)
      %b = conv2d(%x, @w)
      %joined = concat(%a, %b) axis=3
      %flat = reshape(%joined) shape=[1,12]
      %y = fully_connected(%flat, @head)
    })");
  const ChannelStrands strands(graph);
  const std::vector<Strand> joined = strands_of(graph, strands, "joined");
  EXPECT_EQ(joined[0], strands_of(graph, strands, "a")[0]);
  EXPECT_EQ(joined[2], strands_of(graph, strands, "b")[0]);
  const std::vector<Strand> flat = strands_of(graph, strands, "flat");
  for (std::size_t i = 0; i < flat.size(); ++i) EXPECT_EQ(flat[i], joined[i % 3]);
}

TEST(ChannelStrands, ArePinnedByWhatDoesNotCommuteWithAFactor) {
  const ir::Graph graph = support::graph_of(R"(
    graph main(%x: f32[1,2,2,2]) -> (%y) {
      const @w: f32[2,1,1,2] = random(1)
      const @head: f32[2,2] = random(2)
      const @three: f32[1] = [3]
      %bent = conv2d(%x, @w)
      %gate = sigmoid(%bent)
      %free = conv2d(%x, @w)
      %gated = mul(%free, %gate)
      %moved = conv2d(%x, @w)
      %shifted = add(%moved, @three)
      %mean = mean(%gated) axes=[1,2]
      %z = fully_connected(%mean, @head)
      %other = mean(%shifted) axes=[1,2]
      %y = add(%z, %other)
    })");
  const ChannelStrands strands(graph);
  const auto is_pinned = [&](std::string_view name) { return strands.is_pinned(strands_of(graph, strands, name)[0]); };
  EXPECT_TRUE(is_pinned("bent"));
  EXPECT_TRUE(is_pinned("gate"));
  EXPECT_FALSE(is_pinned("free"));
  EXPECT_EQ(strands_of(graph, strands, "free"), strands_of(graph, strands, "mean"));
  EXPECT_TRUE(is_pinned("moved"));
}

TEST(ChannelStrands, ThatAreRemovedRunThroughWhatComputesChannelByChannel) {
  const ir::Graph graph = support::graph_of(R"(
    graph main(%x: f32[1,4,4,2]) -> (%y) {
      const @w: f32[4,1,1,2] = random(1)
      const @s: f32[4] = random(2)
      const @d: f32[1,3,3,8] = random(3)
      const @squeeze: f32[2,8] = random(4)
      const @excite: f32[8,2] = random(5)
      const @head: f32[3,8] = random(6)
      %a = conv2d(%x, @w)
      %b = batch_norm(%a, @s, @s, @s, @s)
      %c = hard_swish(%b)
      %d1 = depthwise_conv2d(%c, @d) padding=1,1,1,1
      %m = mean(%d1) axes=[1,2]
      %q = fully_connected(%m, @squeeze) activation=relu
      %e = fully_connected(%q, @excite)
      %g = sigmoid(%e)
      %gate = reshape(%g) shape=[1,1,1,8]
      %h = mul(%d1, %gate)
      %p = mean(%h) axes=[1,2]
      %z = fully_connected(%p, @head)
      %y = softmax(%z)
    })");
  const ChannelStrands strands(graph, StrandUse::Remove);
  const std::vector<Strand> made = strands_of(graph, strands, "a");
  EXPECT_EQ(strands_of(graph, strands, "c"), made);
  const std::vector<Strand> widened = strands_of(graph, strands, "d1");
  for (std::size_t i = 0; i < widened.size(); ++i) EXPECT_EQ(widened[i], made[i / 2]);
  for (const char* name : {"e", "g", "gate", "h", "p"}) EXPECT_EQ(strands_of(graph, strands, name), widened) << name;
  EXPECT_FALSE(strands.is_pinned(made[0]));
  EXPECT_FALSE(strands.is_pinned(strands_of(graph, strands, "q")[0]));
  EXPECT_TRUE(strands.is_pinned(strands_of(graph, strands, "z")[0]));
  ASSERT_EQ(strands.groups().size(), 2U);
  EXPECT_EQ(strands.groups()[0].strands.size(), 4U);
}

TEST(ChannelStrands, ThatAreRemovedArePinnedByGroupedLayers) {
  const ir::Graph graph = support::graph_of(R"(
    graph main(%x: f32[1,4,4,2]) -> (%y) {
      const @w: f32[4,1,1,2] = random(1)
      const @grouped: f32[6,1,1,2] = random(2)
      const @head: f32[3,1,1,6] = random(3)
      %a = conv2d(%x, @w)
      %b = conv2d(%a, @grouped)
      %y = conv2d(%b, @head)
    })");
  const ChannelStrands strands(graph, StrandUse::Remove);
  EXPECT_TRUE(strands.groups().empty());
}

}  // namespace
}  // namespace netfit::passes
