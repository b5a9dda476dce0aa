// SPDX-License-Identifier: Apache-2.0
#include "formats/ranges_json.h"

#include <gtest/gtest.h>

#include "ir/builder.h"

namespace netfit::formats {
namespace {

ir::Graph graph_with_inputs() {
  ir::Graph graph;
  ir::Builder builder(graph);
  builder.input("x", DType::Float32, Shape{1, 4});
  builder.input("y", DType::Float32, Shape{1, 7});
  graph.add_constant("w", Tensor(DType::Float32, Shape{2}));
  return graph;
}

TEST(RangesJson, ReadsBackExactlyWhatItWrote) {
  ir::Graph graph = graph_with_inputs();
  graph.value(graph.inputs[0].value).range = ir::Interval{-0.1F, 1.0F / 3};
  ir::Graph other = graph_with_inputs();
  ASSERT_TRUE(apply_ranges_json(other, ranges_json(graph)));
  EXPECT_EQ(other.value(other.inputs[0].value).range, graph.value(graph.inputs[0].value).range);
  EXPECT_FALSE(other.value(other.inputs[1].value).range);
  EXPECT_EQ(ranges_json(graph_with_inputs()), "");
}

TEST(RangesJson, PassesOverWhatCannotHaveOne) {
  ir::Graph graph = graph_with_inputs();
  EXPECT_TRUE(apply_ranges_json(graph, R"({"gone":[0,1],"w":[0,1]})"));
  EXPECT_EQ(ranges_json(graph), "");
}

TEST(RangesJson, RefusesWhatIsNoRange) {
  ir::Graph graph = graph_with_inputs();
  for (const char* text : {"", "[]", "1"})
    EXPECT_EQ(apply_ranges_json(graph, text).error().text(), "netfit.ranges: error: the record is not a JSON object");
  for (const char* text : {R"({"x":[1]})", R"({"x":["a",1]})", R"({"x":2})"}) {
    EXPECT_EQ(apply_ranges_json(graph, text).error().text(),
              "netfit.ranges: error: the range of 'x' is not two numbers");
  }
}

}  // namespace
}  // namespace netfit::formats
