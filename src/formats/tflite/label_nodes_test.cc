// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/label_nodes.h"

#include <gtest/gtest.h>

#include "support/graph_text.h"

namespace netfit::formats::tflite {
namespace {

TEST(LabelNodes, TypesDecide) {
  const std::vector<NodeLabel> labels = label_nodes(support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%y, %c, %d) {
  const @w: i8[3,1,1,2] q(axis=0, [0.5, 0.25, 0.125]) = fill(7)
  const @h: f16[3,1,1,2] = fill(1)
  %q: i8[1,4,4,2] q(0.1, -3) = requantize(%x) to=i8
  %a: i8[1,4,4,3] q(0.1, -128) = conv2d(%q, @w)
  %y = requantize(%a) to=f32
  %c = conv2d(%x, @w)
  %wide = requantize(@h) to=f32
  %d = conv2d(%x, %wide)
})"));
  ASSERT_EQ(labels.size(), 3U);
  EXPECT_EQ(labels[0].computes, Computes::Integer);
  EXPECT_EQ(labels[0].reason, "");
  EXPECT_EQ(labels[1].computes, Computes::Hybrid);
  EXPECT_EQ(labels[2].computes, Computes::Float);
  EXPECT_EQ(labels[2].reason, "its data are float, and f16 weights are widened first");
  EXPECT_EQ(labels[0].weights, "i8");
  EXPECT_EQ(labels[2].weights, "f16");
  EXPECT_EQ(labels[2].weight_count, 6);
}

}  // namespace
}  // namespace netfit::formats::tflite
