// SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/ops.h"
#include "ir/uses.h"
#include "support/graph_text.h"

namespace netfit::ir {
namespace {

using support::graph_of;

constexpr std::string_view kDiamond = R"(
  graph main(%x: f32[1,4]) -> (%s, %a) {
    const @c: f32[4] = fill(1)
    %a = relu(%x)
    %b = add(%a, @c)
    %s = add(%a, %b)
  })";

ValueId find(const Graph& graph, std::string_view name) { return graph.find_value(name).value(); }

TEST(Graph, NumbersNamesThatAreTaken) {
  Graph graph;
  const auto name = [&](std::string wanted) { return graph.value(graph.add_value({.name = std::move(wanted)})).name; };
  EXPECT_EQ(name("a"), "a");
  EXPECT_EQ(name("a_1"), "a_1");
  EXPECT_EQ(name("a"), "a_2");
  EXPECT_EQ(name("a"), "a_3");
  EXPECT_EQ(name(""), "value");
}

TEST(Graph, StaysQuickWhenEveryNameIsTaken) {
  Graph graph;
  for (int i = 0; i < 20000; ++i) graph.add_value({.name = "a_" + std::to_string(i)});
  for (int i = 0; i < 20000; ++i) graph.add_value({.name = "a"});
  EXPECT_EQ(graph.values().size(), 40000U);
}

TEST(Graph, FreesTheNameOfAnErasedOrRenamedValue) {
  Graph graph;
  const ValueId a = graph.add_value({.name = "a"});
  const ValueId b = graph.add_value({.name = "b"});
  graph.rename(a, "c");
  graph.rename(b, "a");
  EXPECT_EQ(graph.value(b).name, "a");
  graph.erase_value(a);
  EXPECT_FALSE(graph.contains(a));
  EXPECT_EQ(graph.value(graph.add_value({.name = "c"})).name, "c");
  graph.rename(b, "a");
  EXPECT_EQ(graph.value(b).name, "a") << "a value may keep its own name";
}

TEST(Graph, CopiesShareConstantsAndNothingElse) {
  const Graph graph = graph_of(kDiamond);
  Graph copy = graph;
  EXPECT_EQ(copy.value(find(copy, "c")).constant->bytes().data(),
            graph.value(find(graph, "c")).constant->bytes().data());
  copy.erase_node(copy.order().back());
  EXPECT_EQ(graph.node_count(), 3);
}

TEST(Graph, InsertsBeforeAndErasesFromTheOrder) {
  Graph graph = graph_of(kDiamond);
  Builder builder(graph);
  const NodeId last = graph.order().back();
  const ValueId r = builder.insert(last, kRelu6, {find(graph, "b")}, {}, "r").value();
  EXPECT_EQ(graph.node(graph.order()[2]).outputs[0], r);
  EXPECT_EQ(graph.order().back(), last);
  graph.erase_node(graph.order()[2]);
  EXPECT_EQ(graph.node_count(), 3);
  EXPECT_EQ(graph.order().back(), last);
}

TEST(Graph, ReplacesUsesInNodesAndOutputs) {
  Graph graph = graph_of(kDiamond);
  graph.replace_uses(find(graph, "a"), find(graph, "x"));
  EXPECT_EQ(graph.node(graph.order()[2]).inputs[0], find(graph, "x"));
  EXPECT_EQ(graph.outputs[1].value, find(graph, "x"));
  EXPECT_EQ(graph.outputs[0].value, find(graph, "s"));
}

TEST(Builder, GivesResultsTheirTypeAndDefaultsToAttributes) {
  Graph graph;
  Builder builder(graph);
  const ValueId x = builder.input("x", DType::Float32, Shape{1, 4, 4, 2});
  const ValueId w = graph.add_constant("w", Tensor(DType::Float32, Shape{3, 2, 2, 2}));
  const ValueId y = builder.add(kConv2d, {x, w}, {}, "y").value();
  EXPECT_EQ(graph.value(y).shape, (Shape{1, 3, 3, 3}));
  EXPECT_EQ(graph.node(graph.order()[0]).attrs.as<Conv2dAttrs>().stride, (Extent2d{1, 1}));
}

TEST(Builder, NamesTheNodeThatCannotBe) {
  Graph graph;
  Builder builder(graph);
  const ValueId x = builder.input("x", DType::Float32, Shape{1, 4});
  const Result<ValueId> refused = builder.add(kReshape, {x}, Attrs::of(ReshapeAttrs{{1, 5}}), "flat");
  EXPECT_EQ(refused.error().text(), "reshape 'flat': error: 1x4 cannot become 1x5: the number of elements differs");
  EXPECT_EQ(graph.node_count(), 0);
  EXPECT_EQ(graph.values().size(), 1U);
}

TEST(Uses, KnowsProducersAndReaders) {
  const Graph graph = graph_of(kDiamond);
  const Uses uses(graph);
  EXPECT_EQ(uses.producer(find(graph, "a")), graph.order()[0]);
  EXPECT_FALSE(uses.producer(find(graph, "x")).valid());
  EXPECT_FALSE(uses.producer(find(graph, "c")).valid());
  EXPECT_TRUE(std::ranges::equal(uses.readers(find(graph, "a")), graph.order().subspan(1, 2)));
  EXPECT_TRUE(uses.readers(find(graph, "s")).empty());
}

TEST(Uses, CountsEachInputThatNamesAValue) {
  const Graph graph = graph_of("graph g(%x: f32[1]) -> (%y) { %a = relu(%x) %y = add(%a, %a) }");
  const Uses uses(graph);
  EXPECT_EQ(uses.readers(find(graph, "a")).size(), 2U);
  EXPECT_FALSE(uses.has_single_reader(find(graph, "a")));
}

TEST(Uses, TreatsAnOutputAsAnotherReader) {
  const Graph graph = graph_of("graph g(%x: f32[1]) -> (%a, %y) { %a = relu(%x) %b = relu(%a) %y = relu(%b) }");
  const Uses uses(graph);
  EXPECT_TRUE(uses.is_output(find(graph, "a")));
  EXPECT_FALSE(uses.has_single_reader(find(graph, "a")));
  EXPECT_TRUE(uses.has_single_reader(find(graph, "b")));
  EXPECT_FALSE(uses.has_single_reader(find(graph, "y")));
}

}  // namespace
}  // namespace netfit::ir
