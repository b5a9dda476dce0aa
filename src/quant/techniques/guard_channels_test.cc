// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/guard_channels.h"

#include <gtest/gtest.h>

#include "quant/techniques/technique_testing.h"
#include "support/graph_text.h"

namespace netfit::quant::testing {
namespace {

// Channel 0 lives, 1 is far below its relu6, 2 far above, 3 has no weights and so nothing to lose.
constexpr std::string_view kHalfDead = R"(
graph main(%x: f32[1,4,4,2]) -> (%y) {
  const @w: f32[4,1,1,2] = [1, 1, 0.5, 0.5, 0.25, 0.25, 0, 0]
  const @b: f32[4] = [0, -9, 9, 2]
  const @head: f32[3,1,1,4] = random(2)
  %a = conv2d(%x, @w, @b) activation=relu6
  %y = conv2d(%a, @head)
})";

TEST(GuardDeadChannels, GivesConstantChannelsTheirValueAsBias) {
  const ir::Graph before = support::graph_of(kHalfDead);
  ir::Graph after = before;
  const Samples samples = random_samples(before, 8);
  const Result<GuardedChannels> guarded = guard_dead_channels(after, samples);
  ASSERT_TRUE(guarded) << guarded.error().text();
  EXPECT_EQ(guarded->silenced, 2);
  EXPECT_EQ(constant(after, "w"), (std::vector<double>{1, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(constant(after, "b"), (std::vector<double>{0, 0, 6, 2}));
  EXPECT_EQ(output_of(after, samples), output_of(before, samples));
}

TEST(GuardDeadChannels, GivesALayerWithoutBiasOne) {
  ir::Graph graph = support::graph_of(R"(
    graph main(%x: f32[1,4]) -> (%y) {
      const @w: f32[2,4] = [1, 1, 1, 1, 1e-30, 1e-30, 0, 0]
      const @head: f32[2,2] = random(2)
      %off = relu(%x)
      %a = fully_connected(%off, @w)
      %y = fully_connected(%a, @head)
    })");
  Samples samples = random_samples(graph, 4);
  for (float& element : samples.inputs.front().mutable_data<float>()) element = -1;
  const Result<GuardedChannels> guarded = guard_dead_channels(graph, samples);
  ASSERT_TRUE(guarded) << guarded.error().text();
  EXPECT_EQ(guarded->silenced, 4);
  EXPECT_EQ(constant(graph, "w_bias"), (std::vector<double>{0, 0}));
}

TEST(GuardDeadChannels, LeavesLivingChannelsAlone) {
  ir::Graph graph = support::graph_of(R"(
    graph main(%x: f32[1,4,4,2]) -> (%y) {
      const @w: f32[4,3,3,2] = random(1)
      %y = conv2d(%x, @w)
    })");
  const std::vector<double> weights = constant(graph, "w");
  const Result<GuardedChannels> guarded = guard_dead_channels(graph, random_samples(graph, 4));
  ASSERT_TRUE(guarded) << guarded.error().text();
  EXPECT_EQ(guarded->silenced, 0);
  EXPECT_EQ(constant(graph, "w"), weights);
}

}  // namespace
}  // namespace netfit::quant::testing
