// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/remove_channels.h"

#include <gtest/gtest.h>

#include "support/graph_text.h"

namespace netfit::train {
namespace {

using passes::ChannelStrands;
using passes::StrandUse;

const Shape& shape_of(const ir::Graph& graph, std::string_view name) {
  return graph.value(*graph.find_value(name)).shape;
}

// Without channel `channel` of the value.
ir::Graph without(const ir::Graph& graph, std::string_view value, std::size_t channel) {
  const ChannelStrands strands(graph, StrandUse::Remove);
  std::vector<bool> removed(strands.count(), false);
  removed[strands.of(*graph.find_value(value))[channel]] = true;
  return remove_channels(graph, strands, removed);
}

// An expansion with a depthwise layer and a batch norm inside a residual branch.
constexpr std::string_view kResidual = R"(
graph main(%x: f32[1,6,6,3]) -> (%y) {
  const @stem_w: f32[4,3,3,3] = random(1)
  const @expand_w: f32[8,1,1,4] = random(2)
  const @scale: f32[8] = [0, 1, 2, 3, 4, 5, 6, 7]
  const @ones: f32[8] = [1, 1, 1, 1, 1, 1, 1, 1]
  const @depthwise_w: f32[1,3,3,8] = random(4)
  const @project_w: f32[4,1,1,8] = random(5)
  const @project_b: f32[4] = [0, 1, 2, 3]
  const @shift: f32[4] = [0, 1, 2, 3]
  const @head_w: f32[5,36] = random(7)
  %stem = conv2d(%x, @stem_w) padding=1,1,1,1
  %expand = conv2d(%stem, @expand_w)
  %norm = batch_norm(%expand, @scale, @scale, @scale, @ones)
  %depthwise = depthwise_conv2d(%norm, @depthwise_w) padding=1,1,1,1 activation=relu
  %project = conv2d(%depthwise, @project_w, @project_b)
  %sum = add(%stem, %project)
  %shifted = add(%sum, @shift)
  %pooled = max_pool2d(%shifted) window=2x2 stride=2x2
  %flat = reshape(%pooled) shape=[1,36]
  %y = fully_connected(%flat, @head_w)
})";

TEST(RemoveChannels, TakesAChannelFromAllThatMakesAndReadsIt) {
  const ir::Graph graph = support::graph_of(kResidual);
  const ir::Graph pruned = without(graph, "depthwise", 2);
  EXPECT_EQ(shape_of(pruned, "expand_w"), (Shape{7, 1, 1, 4}));
  EXPECT_EQ(shape_of(pruned, "depthwise_w"), (Shape{1, 3, 3, 7}));
  EXPECT_EQ(shape_of(pruned, "project_w"), (Shape{4, 1, 1, 7}));
  EXPECT_EQ(shape_of(pruned, "norm"), (Shape{1, 6, 6, 7}));
  const ir::NodeId norm = pruned.order()[2];
  const Tensor& scale = *pruned.value(pruned.node(norm).inputs[1]).constant;
  EXPECT_EQ(scale, Tensor::from(Shape{7}, std::vector<float>{0, 1, 3, 4, 5, 6, 7}));
  const auto before = graph.value(*graph.find_value("project_w")).constant->data<float>();
  const auto after = pruned.value(*pruned.find_value("project_w")).constant->data<float>();
  EXPECT_EQ(after[7 + 2], before[8 + 3]);  // row 1: the third that is left was the fourth
}

TEST(RemoveChannels, TakesAResidualChainAsOne) {
  const ir::Graph pruned = without(support::graph_of(kResidual), "project", 1);
  EXPECT_EQ(shape_of(pruned, "stem_w"), (Shape{3, 3, 3, 3}));
  EXPECT_EQ(shape_of(pruned, "expand_w"), (Shape{8, 1, 1, 3}));
  EXPECT_EQ(shape_of(pruned, "project_w"), (Shape{3, 1, 1, 8}));
  for (const char* name : {"project_b", "shift"}) {
    EXPECT_EQ(*pruned.value(*pruned.find_value(name)).constant, Tensor::from(Shape{3}, std::vector<float>{0, 2, 3}));
  }
  EXPECT_EQ(shape_of(pruned, "flat"), (Shape{1, 27}));  // one of four channels at each of nine places
  EXPECT_EQ(shape_of(pruned, "head_w"), (Shape{5, 27}));
}

TEST(RemoveChannels, FindsThePlaceInAConcat) {
  const ir::Graph pruned = without(support::graph_of(R"(
    graph main(%x: f32[1,2,2,3]) -> (%y) {
      const @v: f32[2,1,1,3] = random(1)
      const @w: f32[3,1,1,3] = random(2)
      const @head: f32[1,1,1,5] = [0, 1, 2, 3, 4]
      %a = conv2d(%x, @v)
      %b = conv2d(%x, @w)
      %joined = concat(%a, %b) axis=3
      %y = conv2d(%joined, @head)
    })"),
                                   "b", 1);
  EXPECT_EQ(shape_of(pruned, "a"), (Shape{1, 2, 2, 2}));
  EXPECT_EQ(shape_of(pruned, "joined"), (Shape{1, 2, 2, 4}));
  EXPECT_EQ(*pruned.value(*pruned.find_value("head")).constant,
            Tensor::from(Shape{1, 1, 1, 4}, std::vector<float>{0, 1, 2, 4}));
}

TEST(RemoveChannels, LeavesPinnedOnes) {
  const ir::Graph pruned = without(support::graph_of(kResidual), "y", 0);
  EXPECT_EQ(shape_of(pruned, "y"), (Shape{1, 5}));
}

}  // namespace
}  // namespace netfit::train
