// SPDX-License-Identifier: Apache-2.0
// The text form: printer and parser together.
#include <algorithm>
#include <bit>
#include <fstream>
#include <limits>
#include <span>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "ir/absent_weights.h"
#include "ir/op_table.h"
#include "ir/ops.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "support/graph_text.h"
#include "support/random_graph.h"

namespace netfit::ir {
namespace {

using support::fault_of;
using support::graph_of;

// The fenced example of docs/ir.md, so that the document cannot go stale.
std::string documented_example() {
  std::ifstream file("docs/ir.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  const std::size_t begin = document.find("graph main(");
  return begin == std::string::npos ? "" : document.substr(begin, document.find("```", begin) - begin);
}

void expect_round_trip(const Graph& graph) {
  const std::string text = print(graph);
  const Graph again = graph_of(text);
  EXPECT_EQ(print(again), text);
  for (const ValueId id : graph.values()) {
    const Value& value = graph.value(id);
    if (!value.is_constant()) continue;
    EXPECT_EQ(again.value(again.find_value(value.name).value()).constant, value.constant) << value.name;
  }
}

TEST(Text, OfTheDocumentedExampleRoundTrips) {
  const Graph graph = graph_of(documented_example());
  expect_round_trip(graph);
  ASSERT_EQ(graph.inputs.size(), 2U);
  EXPECT_EQ(graph.inputs[0].layout, Layout::ChannelsFirst);
  ASSERT_TRUE(graph.inputs[0].preprocessing.has_value());
  EXPECT_EQ(graph.inputs[0].preprocessing->mean.size(), 3U);
  EXPECT_EQ(graph.class_names, (std::vector<std::string>{"airplane", "cat"}));
}

TEST(Text, OfRandomGraphsRoundTrips) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) expect_round_trip(support::random_graph(seed));
}

TEST(Text, ShowsOneGraphExactly) {
  constexpr std::string_view kText =
      R"(graph main(%x: f32[1,4,4,1] layout=channels_first) -> (%y, %c layout=channels_first) {
  preprocess %x scale=0.5 mean=[0.5] std=[0.25] order=bgr
  class_names ["a", "b"]
  const @w: f32[1,3,3,1] = [1, 2, 3, 4, 5, 6, 7, 8, -0.1]
  %c: f32[1,2,2,1] = conv2d(%x, @w, _) stride=1x2 padding=0,0,1,0 activation=relu6 "first"
  %y: f32[] = reshape(%m)
}
)";
  constexpr std::string_view kBody =
      R"(graph main(%x: f32[1,4,4,1] layout=channels_first) -> (%y, %c layout=channels_first) {
  preprocess %x scale=0.5 mean=[0.5] std=[0.25] order=bgr
  class_names ["a", "b"]
  const @w: f32[1,3,3,1] = [1, 2, 3, 4, 5, 6, 7, 8, -0.1]
  %c: f32[1,2,2,1] = conv2d(%x, @w, _) stride=1x2 padding=0,0,1,0 activation=relu6 "first"
  %y: f32[1,1] = mean(%c) axes=[1,2]
}
)";
  EXPECT_NE(fault_of(kText), "");
  EXPECT_EQ(print(graph_of(kBody)), kBody);
}

TEST(Text, ElidesConstantsWhenAsked) {
  const Graph graph = graph_of("graph g(%x: f32[1]) -> (%y) { const @c: f32[] = fill(2) %y = add(%x, @c) }");
  const std::string text = print(graph, Constants::Elided);
  EXPECT_NE(text.find("const @c: f32[] = ...\n"), std::string::npos);
  EXPECT_EQ(fault_of(text), "line 2, column 21: error: elided elements cannot be read back");
}

TEST(Text, QuotesNamesThatNeedIt) {
  for (const std::string name : {"a b", "a\"b\\", "\n\x01", "größe", "%x", "ends:", "", "a:0", "x/y.z-1:2"}) {
    Graph graph;
    Value value{.name = name.empty() ? "only space: " : name, .shape = Shape{1}};
    graph.inputs.push_back({.value = graph.add_value(value)});
    graph.outputs.push_back({.value = graph.inputs[0].value});
    const Graph again = graph_of(print(graph));
    EXPECT_EQ(again.value(again.inputs[0].value).name, value.name);
  }
  EXPECT_NE(print(graph_of("graph g(%a:0: f32[1]) -> (%a:0) {}")).find("(%a:0: f32[1])"), std::string::npos);
}

TEST(Text, KeepsNodeNamesThatDifferFromTheirResult) {
  const Graph graph = graph_of(R"(graph "a graph"(%x: f32[1]) -> (%y) { %y = relu(%x) "" })");
  EXPECT_EQ(graph.node(graph.order()[0]).name, "");
  EXPECT_EQ(graph.name, "a graph");
  expect_round_trip(graph);
}

TEST(Text, KeepsEveryFloatBitForBit) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const std::vector<float> special{0.0F,
                                   -0.0F,
                                   1e-45F,
                                   3.4028235e38F,
                                   0.1F,
                                   16777217.0F,
                                   kInfinity,
                                   -kInfinity,
                                   std::bit_cast<float>(0x7fc00000U),
                                   std::bit_cast<float>(0xffc00001U)};
  Graph graph;
  graph.outputs.push_back({.value = graph.add_constant("c", Tensor::from<float>(Shape{10}, special))});
  expect_round_trip(graph);
}

TEST(Text, KeepsConstantsOfEveryType) {
  Graph graph;
  std::uint64_t seed = 0;
  for (const DType dtype : {DType::Float32, DType::Float16, DType::Int4, DType::Int8, DType::UInt8, DType::Int16,
                            DType::Int32, DType::Int64, DType::Bool}) {
    std::optional<QuantParams> quant;
    if (tensor::is_integer(dtype)) quant = QuantParams::per_channel({0.5F, 0.25F, 1e-9F}, 1);
    const Tensor elements = support::random_tensor(++seed, dtype, Shape{5, 3});
    graph.outputs.push_back({.value = graph.add_constant("c", elements, quant)});
  }
  graph.outputs.push_back({.value = graph.add_constant("empty", Tensor(DType::Int64, Shape{0}))});
  expect_round_trip(graph);
}

TEST(Text, KeepsQuantizationParameters) {
  const Graph graph = graph_of(R"(graph g(%x: i8[1,3] q(0.1, -7)) -> (%y) {
    const @w: i8[2,3] q(axis=0, [0.5, 0.25]) = random(1)
    const @o: i8[2,3] q(axis=1, [1, 2, 3], [4, 5, -6]) = random(2)
    %y: q(0.3) = fully_connected(%x, @w)
  })");
  const auto quant = [&](std::string_view name) { return *graph.value(graph.find_value(name).value()).quant; };
  EXPECT_EQ(quant("x"), QuantParams::per_tensor(0.1F, -7));
  EXPECT_EQ(quant("w"), QuantParams::per_channel({0.5F, 0.25F}, 0));
  EXPECT_EQ(quant("o"), (QuantParams{{1, 2, 3}, {4, 5, -6}, 1}));
  EXPECT_EQ(quant("y"), QuantParams::per_tensor(0.3F, 0));
  expect_round_trip(graph);
}

TEST(Text, ImpliesQuantizationThatTheOpFixes) {
  const Graph graph = graph_of(R"(graph g(%x: i8[1,3] q(0.1, -7)) -> (%s, %f) {
    %r = reshape(%x) shape=[1,1,3]
    %s = softmax(%r)
    %f = requantize(%s)
  })");
  EXPECT_EQ(graph.value(graph.find_value("r").value()).quant, QuantParams::per_tensor(0.1F, -7));
  EXPECT_EQ(graph.value(graph.find_value("s").value()).quant, QuantParams::per_tensor(1.0F / 256, -128));
  EXPECT_EQ(graph.value(graph.find_value("f").value()).quant, std::nullopt);
}

TEST(Literals, AreTheSameOnEveryMachine) {
  const Graph graph = graph_of(R"(graph g() -> (@f, @i, @r, @u) {
    const @f: f32[3] = random(7)
    const @i: i8[4] q(1) = random(7)
    const @r: f32[2] = random(7, 10, 11)
    const @u: u8[3] q(1) = fill(200)
  })");
  const auto text = [&](std::string_view name) {
    const std::string all = print(graph);
    const std::size_t begin = all.find("= [", all.find("const @" + std::string(name)));
    return all.substr(begin + 2, all.find('\n', begin) - begin - 2);
  };
  EXPECT_EQ(text("f"), "[-0.22034061, -0.9664235, 0.8015213]");
  EXPECT_EQ(text("i"), "[-25, -103, 89, 71]");
  EXPECT_EQ(text("r"), "[10.38983, 10.0167885]");
  EXPECT_EQ(text("u"), "[200, 200, 200]");
}

TEST(Literals, OfWeightsAreSymmetric) {
  const Graph graph = graph_of("graph g() -> (@c) { const @c: i8[5000] q(1) = random(3) }");
  const std::span<const std::int8_t> elements = graph.value(graph.outputs[0].value).constant->data<std::int8_t>();
  EXPECT_EQ(std::ranges::min(elements), -127);
  EXPECT_EQ(std::ranges::max(elements), 127);
}

TEST(Printer, ShowsGraphsThatBreakTheRules) {
  Graph graph;
  graph.outputs.push_back({.value = ValueId{7}});
  graph.add_node({.name = "n", .op = nullptr, .attrs = {}, .inputs = {ValueId{3}, ValueId{}}, .outputs = {}});
  EXPECT_EQ(print(graph), "graph main() -> (%?) {\n   = ?(%?, _) \"n\"\n}\n");
}

TEST(Text, OfAGraphWithoutWeightsRoundTrips) {
  const std::string text = R"(graph g(%x: f32[1,2]) -> (%y) weights=absent {
  const @w: f32[4,2]
  %y: f32[1,4] = fully_connected(%x, @w)
}
)";
  const Graph graph = graph_of(text);
  EXPECT_EQ(graph.weights, Weights::Absent);
  EXPECT_EQ(graph.value(graph.find_value("w").value()).constant, Tensor(DType::Float32, Shape{4, 2}));
  EXPECT_EQ(print(graph), text);
  EXPECT_EQ(print(graph, Constants::Elided), text);
  const Result<void> required = require_weights(graph);
  ASSERT_FALSE(required);
  EXPECT_EQ(required.error().what(),
            "has no weights: only its structure is known, which can be inspected and estimated");
  EXPECT_TRUE(require_weights(graph_of(documented_example())));
}

TEST(RandomGraph, IsValidAndUsesEveryFloatOp) {
  std::vector<std::string_view> seen{kOpaque.name, kRequantize.name};
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const Graph graph = support::random_graph(seed);
    ASSERT_FALSE(graph.outputs.empty());
    for (const NodeId id : graph.order()) seen.push_back(graph.node(id).op->name);
  }
  for (const OpSpec* op : op_table()) {
    EXPECT_NE(std::ranges::find(seen, op->name), seen.end()) << op->name;
  }
}

TEST(RandomGraph, DependsOnTheSeedAlone) {
  EXPECT_EQ(print(support::random_graph(5)), print(support::random_graph(5)));
  EXPECT_NE(print(support::random_graph(5)), print(support::random_graph(6)));
}

}  // namespace
}  // namespace netfit::ir
