// SPDX-License-Identifier: Apache-2.0
#include "diagnose/match.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "diagnose/testing_network.h"
#include "support/graph_text.h"

namespace netfit::diagnose {
namespace {

using Names = std::map<std::string, std::string>;

// b's names and what they are in a.
Names matched_values(const ir::Graph& a, const ir::Graph& b) {
  Names names;
  for (const ValuePair& pair : match_graphs(a, b).values) names[b.value(pair.b).name] = a.value(pair.a).name;
  return names;
}

std::set<std::string> unmatched(const ir::Graph& a, const ir::Graph& b) {
  std::set<std::string> names;
  for (const ir::NodeId id : match_graphs(a, b).unmatched_b) names.insert(b.value(b.node(id).outputs[0]).name);
  return names;
}

TEST(MatchGraphs, PairsEverythingOfAGraphWithItself) {
  const ir::Graph graph = support::graph_of(kNetwork);
  EXPECT_EQ(matched_values(graph, graph),
            (Names{{"x", "x"}, {"a", "a"}, {"d", "d"}, {"p", "p"}, {"s", "s"}, {"m", "m"}, {"y", "y"}}));
  EXPECT_EQ(match_graphs(graph, graph).nodes.size(), 6U);
}

// The same network as another converter leaves it: other names, pads and clamps apart, a batch norm that was not
// folded, an average over the image for the mean, a convolution for the fully connected layer, the sum the other way
// round, and a softmax that the first form lacks.
constexpr std::string_view kOtherForm = R"(
graph main(%in: f32[1,8,8,3]) -> (%soft) {
  const @k1: f32[8,3,3,3] = random(1)
  const @scale: f32[8] = random(6)
  const @shift: f32[8] = random(7)
  const @k2: f32[1,3,3,8] = random(3)
  const @k3: f32[8,1,1,8] = random(4)
  const @k4: f32[10,1,1,8] = random(5)
  %t0 = pad(%in) before=[0,1,1,0] after=[0,1,1,0]
  %t1 = conv2d(%t0, @k1)
  %t2 = mul(%t1, @scale)
  %t3 = add(%t2, @shift)
  %t4 = relu6(%t3)
  %t5 = depthwise_conv2d(%t4, @k2) padding=1,1,1,1
  %t6 = relu6(%t5)
  %t7 = conv2d(%t6, @k3)
  %t8 = add(%t7, %t4)
  %t9 = average_pool2d(%t8) window=8x8 stride=8x8
  %t10 = conv2d(%t9, @k4)
  %t11 = reshape(%t10) shape=[1,10]
  %soft = softmax(%t11)
})";

TEST(MatchGraphs, LooksThroughWhatIsFusedElsewhere) {
  const ir::Graph a = support::graph_of(kNetwork);
  const ir::Graph b = support::graph_of(kOtherForm);
  EXPECT_EQ(
      matched_values(a, b),
      (Names{
          {"in", "x"}, {"t4", "a"}, {"t6", "d"}, {"t7", "p"}, {"t8", "s"}, {"t9", "m"}, {"t10", "y"}, {"t11", "y"}}));
  EXPECT_EQ(unmatched(a, b), std::set<std::string>{"soft"});
}

TEST(MatchGraphs, FindsTheSameFromTheOtherSide) {
  const ir::Graph a = support::graph_of(kNetwork);
  const ir::Graph b = support::graph_of(kOtherForm);
  EXPECT_EQ(matched_values(b, a),
            (Names{{"x", "in"}, {"a", "t4"}, {"d", "t6"}, {"p", "t7"}, {"s", "t8"}, {"m", "t9"}, {"y", "t10"}}));
}

constexpr std::string_view kQuantized = R"(
graph main(%x: f32[1,6,6,3]) -> (%y) {
  const @w: i8[4,3,3,3] q(axis=0, [0.1, 0.1, 0.2, 0.2]) = random(1)
  %q: i8[1,6,6,3] q(0.01, 3) = requantize(%x) to=i8
  %c: i8[1,6,6,4] q(0.1, -128) = conv2d(%q, @w) padding=1,1,1,1
  %y = requantize(%c) to=f32
})";

TEST(MatchGraphs, PairsEveryPrecisionOfAValueWithTheValue) {
  const ir::Graph a = support::graph_of(R"(
graph main(%x: f32[1,6,6,3]) -> (%y) {
  const @w: f32[4,3,3,3] = random(1)
  %y = conv2d(%x, @w) padding=1,1,1,1 activation=relu6
})");
  const ir::Graph b = support::graph_of(kQuantized);
  // The clamp of %y is only in the range of %c's integers.
  EXPECT_EQ(matched_values(a, b), (Names{{"x", "x"}, {"q", "x"}, {"c", "y"}, {"y", "y"}}));
  EXPECT_EQ(match_graphs(a, b).nodes.size(), 1U);
}

TEST(MatchGraphs, KeepsTheValueBeforeAClampApartFromTheClampedOne) {
  const ir::Graph a = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%y) {
  const @w: f32[2,1,1,2] = random(1)
  %c = conv2d(%x, @w)
  %r = relu(%c)
  %y = add(%c, %r)
})");
  const ir::Graph b = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%out) {
  const @w: f32[2,1,1,2] = random(1)
  %before = conv2d(%x, @w)
  %behind = relu(%before)
  %out = add(%before, %behind)
})");
  EXPECT_EQ(matched_values(a, b), (Names{{"x", "x"}, {"before", "c"}, {"behind", "r"}, {"out", "y"}}));
}

TEST(MatchGraphs, TellsParallelLayersApartByTheirWeights) {
  const ir::Graph a = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%y) {
  const @w1: f32[8,1,1,2] = random(1)
  const @w2: f32[8,1,1,2] = random(2)
  %l = conv2d(%x, @w1)
  %r = conv2d(%x, @w2)
  %y = concat(%l, %r) axis=3
})");
  const ir::Graph b = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%t3) {
  const @w1: f32[8,1,1,2] = random(1)
  const @w2: f32[8,1,1,2] = random(2)
  %t1 = conv2d(%x, @w2)
  %t2 = conv2d(%x, @w1)
  %t3 = concat(%t2, %t1) axis=3
})");
  EXPECT_EQ(matched_values(a, b), (Names{{"x", "x"}, {"t1", "r"}, {"t2", "l"}, {"t3", "y"}}));
}

TEST(MatchGraphs, GoesOnBehindAPlaceWhereTheyDiffer) {
  const ir::Graph a = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%y) {
  const @w1: f32[3,1,1,2] = random(1)
  const @w2: f32[4,1,1,3] = random(2)
  const @w3: f32[5,1,1,4] = random(3)
  %c1 = conv2d(%x, @w1)
  %s = sigmoid(%c1)
  %c2 = conv2d(%s, @w2)
  %y = conv2d(%c2, @w3)
})");
  const ir::Graph b = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%t4) {
  const @w1: f32[3,1,1,2] = random(1)
  const @w2: f32[4,1,1,3] = random(2)
  const @w3: f32[5,1,1,4] = random(3)
  %t1 = conv2d(%x, @w1)
  %t2 = hard_swish(%t1)
  %t3 = conv2d(%t2, @w2)
  %t4 = conv2d(%t3, @w3)
})");
  EXPECT_EQ(matched_values(a, b), (Names{{"x", "x"}, {"t1", "c1"}, {"t3", "c2"}, {"t4", "y"}}));
  EXPECT_EQ(unmatched(a, b), std::set<std::string>{"t2"});
}

TEST(MatchGraphs, FallsBackOnNames) {
  const ir::Graph a = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%z) {
  const @w: f32[3,1,1,2] = random(1)
  %t = sigmoid(%x)
  %features = conv2d(%t, @w)
  %z = sigmoid(%features)
})");
  const ir::Graph b = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%z) {
  const @w: f32[3,1,1,2] = random(1)
  %t = hard_swish(%x)
  %features = conv2d(%t, @w)
  %z = hard_swish(%features)
})");
  EXPECT_EQ(matched_values(a, b), (Names{{"x", "x"}, {"features", "features"}}));
}

TEST(MatchGraphs, DoesNotTakePixelsForWhatPreprocessingMakesOfThem) {
  const std::string body = R"(
  const @w: f32[3,1,1,2] = random(1)
  %y = conv2d(%x, @w)
})";
  const auto with = [&](std::string_view record) {
    return support::graph_of(std::string("graph main(%x: f32[1,4,4,2]) -> (%y) {\n  preprocess %x ") +
                             std::string(record) + body);
  };
  const ir::Graph a = with("scale=0.5 mean=[0] std=[1]");
  EXPECT_EQ(matched_values(a, with("scale=1 mean=[0] std=[1]")), (Names{{"y", "y"}}));
  EXPECT_EQ(matched_values(a, a), (Names{{"x", "x"}, {"y", "y"}}));
}

TEST(MatchGraphs, PairsNothingOfUnlikeGraphs) {
  const ir::Graph a = support::graph_of(kNetwork);
  const ir::Graph b = support::graph_of(R"(
graph main(%z: f32[1,6,6,3]) -> (%q) {
  const @w: f32[7,1,1,3] = random(1)
  %q = conv2d(%z, @w)
})");
  EXPECT_EQ(matched_values(a, b), Names{});
  EXPECT_EQ(unmatched(a, b), std::set<std::string>{"q"});
}

}  // namespace
}  // namespace netfit::diagnose
