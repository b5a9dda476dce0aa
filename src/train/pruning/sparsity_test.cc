// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/sparsity.h"

#include <gtest/gtest.h>

#include "support/graph_text.h"

namespace netfit::train {
namespace {

// The second layer's weights are a hundredth of the first's.
constexpr std::string_view kTwo = R"(
graph main(%x: f32[1,1,1,2]) -> (%y) {
  const @a: f32[4,1,1,2] = [1, -2, 3, -4, 5, -6, 7, -8]
  const @b: f32[2,4] = [0.01, -0.02, 0.03, -0.04, 0.05, -0.06, 0.07, -0.08]
  %h = conv2d(%x, @a)
  %m = mean(%h) axes=[1,2]
  %y = fully_connected(%m, @b)
})";

std::vector<float> weights(const ir::Graph& graph, std::string_view name) {
  const auto data = graph.value(*graph.find_value(name)).constant->data<float>();
  return {data.begin(), data.end()};
}

TEST(Sparsified, TakesTheSmallestOfEachLayerWhateverItsScale) {
  const ir::Graph half = sparsified(support::graph_of(kTwo), 0.5);
  EXPECT_EQ(sparsity_of(half), 0.5);
  EXPECT_EQ(weights(half, "a"), (std::vector<float>{0, 0, 0, 0, 5, -6, 7, -8}));
  EXPECT_EQ(weights(half, "b"), (std::vector<float>{0, 0, 0, 0, 0.05F, -0.06F, 0.07F, -0.08F}));
}

TEST(Sparsified, LeavesEveryLayerItsLargest) {
  const ir::Graph sparse = sparsified(support::graph_of(kTwo), 14.0 / 16);
  EXPECT_EQ(weights(sparse, "a").back(), -8);
  EXPECT_EQ(weights(sparse, "b").back(), -0.08F);
}

TEST(Sparsified, CountsTheZerosThatAreThere) {
  const ir::Graph quarter = sparsified(support::graph_of(kTwo), 0.25);
  const ir::Graph half = sparsified(quarter, 0.5);
  EXPECT_EQ(sparsity_of(half), 0.5);
  EXPECT_EQ(weights(half, "a"), weights(sparsified(support::graph_of(kTwo), 0.5), "a"));
}

TEST(WithZerosOf, TakesThePatternAndKeepsTheRest) {
  const ir::Graph dense = support::graph_of(kTwo);
  ir::Graph other = dense;
  for (float& weight : other.value(*other.find_value("a")).constant->mutable_data<float>()) weight += 10;
  const ir::Graph result = with_zeros_of(other, sparsified(dense, 0.5));
  EXPECT_EQ(weights(result, "a"), (std::vector<float>{0, 0, 0, 0, 15, 4, 17, 2}));
}

TEST(Int8Bytes, HaveABitForEachWeightAndAByteForEachThatIsNotZero) {
  ir::Graph graph = sparsified(support::graph_of(kTwo), 0.5);
  EXPECT_EQ(int8_bytes(graph).dense, 16 + 6 * 8);
  EXPECT_EQ(int8_bytes(graph).sparse, 8 + 2 + 6 * 8);
  // Less than half a step of its channel: rounded to zero.
  graph.value(*graph.find_value("a")).constant->mutable_data<float>()[7] = 0.02F;
  EXPECT_EQ(int8_bytes(graph).sparse, 7 + 2 + 6 * 8);
}

}  // namespace
}  // namespace netfit::train
