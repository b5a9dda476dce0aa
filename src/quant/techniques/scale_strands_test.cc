// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/scale_strands.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "exec/engine.h"
#include "support/graph_text.h"
#include "support/random_tensor.h"
#include "support/residual_network.h"

namespace netfit::quant {
namespace {

using passes::ChannelGroup;
using passes::ChannelStrands;
using passes::Strand;

TEST(ScaleStrands, KeepsTheFunctionToTheBitForPowersOfTwo) {
  const ir::Graph before = support::graph_of(support::kResidualNetwork);
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
