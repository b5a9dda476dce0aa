// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/scale_strands.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "exec/engine.h"
#include "support/graph_text.h"
#include "support/random_tensor.h"

namespace netfit::quant {
namespace {

using passes::ChannelGroup;
using passes::ChannelStrands;
using passes::Strand;

// A residual group of three layers, an expansion with a depthwise behind, and a head.
constexpr std::string_view kResidual = R"(
graph main(%x: f32[1,6,6,3]) -> (%y) {
  const @stem_w: f32[4,3,3,3] = random(1)
  const @expand_w: f32[8,1,1,4] = random(2)
  const @expand_b: f32[8] = random(3)
  const @depthwise_w: f32[1,3,3,8] = random(4)
  const @project_w: f32[4,1,1,8] = random(5)
  const @project_b: f32[4] = random(6)
  const @head_w: f32[5,4] = random(7)
  %stem = conv2d(%x, @stem_w) padding=1,1,1,1
  %expand = conv2d(%stem, @expand_w, @expand_b) activation=relu
  %depthwise = depthwise_conv2d(%expand, @depthwise_w) padding=1,1,1,1 activation=relu
  %project = conv2d(%depthwise, @project_w, @project_b)
  %sum = add(%stem, %project)
  %pooled = max_pool2d(%sum) window=2x2 stride=2x2
  %mean = mean(%pooled) axes=[1,2]
  %y = fully_connected(%mean, @head_w)
})";

TEST(ScaleStrands, KeepsTheFunctionToTheBitForPowersOfTwo) {
  const ir::Graph before = support::graph_of(kResidual);
  ir::Graph after = before;
  const ChannelStrands strands(before);
  std::vector<double> factors(strands.count(), 1.0);
  for (const ChannelGroup& group : strands.groups()) {
    for (const Strand strand : group.strands) factors[strand] = std::exp2(static_cast<double>(strand % 7) - 3);
  }
  scale_strands(after, strands, factors);
  const auto weights = [](const ir::Graph& graph) { return *graph.value(*graph.find_value("expand_w")).constant; };
  EXPECT_NE(weights(before), weights(after));

  const std::array inputs{support::random_tensor(1, DType::Float32, Shape{3, 6, 6, 3})};
  std::vector<Tensor> outputs;
  for (const ir::Graph* graph : {&before, static_cast<const ir::Graph*>(&after)}) {
    const auto executor = exec::create_fast(*graph, exec::Engine{});
    ASSERT_TRUE(executor) << executor.error().text();
    outputs.push_back((*executor)->run(inputs, base::no_progress())->front());
  }
  EXPECT_EQ(outputs[0], outputs[1]);
}

TEST(ScaleStrands, ScalesConstantsThatAreAdded) {
  const ir::Graph before = support::graph_of(R"(
    graph main(%x: f32[1,2,2,2]) -> (%y) {
      const @w: f32[2,1,1,2] = [1, 0, 0, 1]
      const @shift: f32[2] = [3, 5]
      const @head: f32[1,1,1,2] = [1, 1]
      %a = conv2d(%x, @w)
      %s = add(%a, @shift)
      %y = conv2d(%s, @head)
    })");
  ir::Graph after = before;
  const ChannelStrands strands(before);
  std::vector<double> factors(strands.count(), 1.0);
  factors[strands.of(*before.find_value("a"))[1]] = 4;
  scale_strands(after, strands, factors);
  const Tensor shift = *after.value(*after.find_value("shift")).constant;
  EXPECT_EQ(shift, Tensor::from(Shape{2}, std::vector<float>{3, 20}));
  EXPECT_EQ(*after.value(*after.find_value("head")).constant,
            Tensor::from(Shape{1, 1, 1, 2}, std::vector<float>{1, 0.25}));
}

}  // namespace
}  // namespace netfit::quant
