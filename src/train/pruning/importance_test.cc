// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/importance.h"

#include <cmath>

#include <gtest/gtest.h>

#include "support/graph_text.h"

namespace netfit::train {
namespace {

using passes::ChannelStrands;
using passes::StrandUse;

// Three channels: a made one that is read, one that nothing makes, one that nobody reads.
constexpr std::string_view kThree = R"(
graph main(%x: f32[1,2,2,2]) -> (%y) {
  const @w: f32[3,1,1,2] = [3, 4, 0, 0, 6, 8]
  const @head: f32[2,3] = [1, 5, 0, 1, 5, 0]
  %a = conv2d(%x, @w)
  %m = mean(%a) axes=[1,2]
  %y = fully_connected(%m, @head)
})";

TEST(Magnitude, IsZeroForWhatNothingMakesOrNobodyReads) {
  const ir::Graph graph = support::graph_of(kThree);
  const ChannelStrands strands(graph, StrandUse::Remove);
  const Importance importance = magnitude_of_channels(graph, strands);
  const auto own = strands.of(*graph.find_value("a"));
  // Lengths 5, 0, 10 of mean 5; read by root 2, 5 root 2, 0 of mean 2 root 2.
  EXPECT_NEAR(importance[own[0]], 0.5, 1e-6);
  EXPECT_EQ(importance[own[1]], 0);
  EXPECT_EQ(importance[own[2]], 0);
}

constexpr std::string_view kNormed = R"(
graph main(%x: f32[1,2,2,2]) -> (%y) {
  const @w: f32[2,1,1,2] = [3, 4, 3, 4]
  const @scale: f32[2] = [1, -6]
  const @shift: f32[2] = [0, 0]
  const @mean: f32[2] = [0, 0]
  const @variance: f32[2] = [1, 4]
  const @v: f32[3,1,1,2] = random(2)
  const @head: f32[2,3] = random(3)
  %a = conv2d(%x, @w)
  %b = batch_norm(%a, @scale, @shift, @mean, @variance) epsilon=0
  %c = conv2d(%b, @v)
  %m = mean(%c) axes=[1,2]
  %y = fully_connected(%m, @head)
})";

TEST(Magnitude, SeesAFilterAsTheBatchNormBehindItDoes) {
  ir::Graph graph = support::graph_of(kNormed);
  graph.value(*graph.find_value("v")).constant = Tensor::from(Shape{3, 1, 1, 2}, std::vector<float>{1, 1, 1, 1, 1, 1});
  const ChannelStrands strands(graph, StrandUse::Remove);
  const Importance importance = magnitude_of_channels(graph, strands);
  const auto own = strands.of(*graph.find_value("a"));
  EXPECT_NEAR(importance[own[1]] / importance[own[0]], 3, 1e-6);
}

TEST(BatchNormScale, RanksByItAndLeavesWhatHasNone) {
  const ir::Graph graph = support::graph_of(kNormed);
  const ChannelStrands strands(graph, StrandUse::Remove);
  const Importance importance = *batch_norm_scale_of_channels(graph, strands);
  const auto own = strands.of(*graph.find_value("a"));
  EXPECT_EQ(importance[own[0]], 1);
  EXPECT_EQ(importance[own[1]], 6);
  EXPECT_TRUE(std::isinf(importance[strands.of(*graph.find_value("c"))[0]]));
}

TEST(BatchNormScale, NeedsABatchNorm) {
  const ir::Graph graph = support::graph_of(kThree);
  const Result<Importance> result = batch_norm_scale_of_channels(graph, ChannelStrands(graph, StrandUse::Remove));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().what(), "has no batch norms whose scales could rank channels (allowed: taylor, magnitude)");
}

TEST(RandomImportance, DependsOnTheSeedAlone) {
  const ir::Graph graph = support::graph_of(kThree);
  const ChannelStrands strands(graph, StrandUse::Remove);
  EXPECT_EQ(random_importance(strands, 1), random_importance(strands, 1));
  EXPECT_NE(random_importance(strands, 1), random_importance(strands, 2));
  EXPECT_EQ(random_importance(strands, 1).size(), strands.count());
}

}  // namespace
}  // namespace netfit::train
