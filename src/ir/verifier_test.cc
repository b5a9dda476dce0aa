// SPDX-License-Identifier: Apache-2.0
// One test per rule of docs/ir.md: what breaks it, and what nearly does.
#include "ir/verifier.h"

#include <functional>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/ops.h"
#include "support/graph_text.h"

namespace netfit::ir {
namespace {

using support::fault_of;
using support::graph_of;

constexpr std::string_view kFloat = R"(
  graph main(%x: f32[1,4]) -> (%z) {
    const @c: f32[4] = fill(1)
    %y = relu(%x)
    %z = add(%y, @c)
  })";

std::string verify_text(const Graph& graph) {
  const Result<void> verified = verify(graph);
  return verified ? "" : verified.error().text();
}

/// The faults of the graph above after someone has damaged it.
std::string after(const std::function<void(Graph&)>& damage) {
  Graph graph = graph_of(kFloat);
  damage(graph);
  return verify_text(graph);
}

Node& node(Graph& graph, int position) { return graph.node(graph.order()[static_cast<std::size_t>(position)]); }
ValueId find(const Graph& graph, std::string_view name) { return graph.find_value(name).value(); }

TEST(Verifier, AcceptsAGraphThatKeepsTheRules) {
  EXPECT_EQ(after([](Graph&) {}), "");
}

TEST(Verifier, R1WantsValuesThatExist) {
  EXPECT_EQ(after([](Graph& graph) { graph.erase_value(find(graph, "c")); }),
            "add 'z': error: R1: input 1 does not exist");
  EXPECT_EQ(after([](Graph& graph) { graph.outputs[0].value = ValueId{99}; }),
            "outputs: error: R1: an output names a value that does not exist");
  EXPECT_EQ(after([](Graph& graph) { graph.outputs.clear(); }), "outputs: error: R1: the graph has no output");
  EXPECT_EQ(after([](Graph& graph) { graph.inputs.push_back({.value = ValueId{}}); }),
            "inputs: error: R1: an input names a value that does not exist");
}

TEST(Verifier, R2WantsUniqueNames) {
  EXPECT_EQ(after([](Graph& graph) { graph.value(find(graph, "y")).name = "c"; }),
            "value 'c': error: R2: two values have this name");
  EXPECT_EQ(after([](Graph& graph) { graph.value(find(graph, "y")).name = ""; }), "value 2: error: R2: has no name");
}

TEST(Verifier, R3WantsOneProducerBeforeEveryReader) {
  EXPECT_EQ(after([](Graph& graph) { node(graph, 0).inputs[0] = find(graph, "z"); }),
            "relu 'y': error: R3: input 0, value 'z', is produced by no earlier node");
  EXPECT_EQ(after([](Graph& graph) { node(graph, 0).inputs[0] = find(graph, "y"); }),
            "relu 'y': error: R3: input 0, value 'y', is produced by no earlier node");
  EXPECT_EQ(after([](Graph& graph) { node(graph, 1).outputs[0] = find(graph, "y"); }),
            "add 'z': error: R3: value 'y' is produced by something else too\n"
            "value 'z': error: R3: the output is produced by nothing");
  EXPECT_EQ(after([](Graph& graph) { node(graph, 0).outputs[0] = find(graph, "x"); }),
            "relu 'y': error: R3: value 'x' is produced by something else too\n"
            "add 'z': error: R3: input 0, value 'y', is produced by no earlier node");
  EXPECT_EQ(after([](Graph& graph) { graph.inputs.push_back(graph.inputs[0]); }),
            "value 'x': error: R3: the input is a constant, or an input twice");
  EXPECT_EQ(after([](Graph& graph) { graph.add_value({.name = "unread", .shape = Shape{1}}); }), "");
}

TEST(Verifier, R4WantsAnOpWithAttributesAndOneResult) {
  EXPECT_EQ(after([](Graph& graph) { node(graph, 1).op = nullptr; }),
            "node 'z': error: R4: has no op\nvalue 'z': error: R3: the output is produced by nothing");
  EXPECT_EQ(after([](Graph& graph) { node(graph, 1).attrs = {}; }), "add 'z': error: R4: has no attributes");
  EXPECT_EQ(after([](Graph& graph) { node(graph, 0).attrs = {}; }), "") << "relu has none";
  EXPECT_NE(after([](Graph& graph) { node(graph, 1).outputs.clear(); }).find("R4: has 0 results"), std::string::npos);
}

TEST(Verifier, R5WantsConstantsAsDeclared) {
  EXPECT_EQ(after([](Graph& graph) { graph.value(find(graph, "c")).shape = Shape{1}; }),
            "value 'c': error: R5: is declared f32 1, but its elements are f32 4");
}

TEST(Verifier, R6WantsWhatTheOpInfers) {
  EXPECT_EQ(after([](Graph& graph) {
              graph.value(find(graph, "z")).shape = Shape{1, 5};
            }),
            "add 'z': error: R6: the result is declared f32 1x5, but is f32 1x4");
  EXPECT_EQ(after([](Graph& graph) { graph.value(find(graph, "z")).dtype = DType::Float16; }),
            "add 'z': error: R6: the result is declared f16 1x4, but is f32 1x4");
  EXPECT_EQ(after([](Graph& graph) { node(graph, 1).inputs.pop_back(); }),
            "add 'z': error: R6: add takes 2 to 2 inputs, but has 1");
  EXPECT_EQ(after([](Graph& graph) { node(graph, 1).inputs[1] = ValueId{}; }),
            "add 'z': error: R6: input 1 of add is missing");
}

TEST(Verifier, R7WantsBatchOneForActivationsOnly) {
  EXPECT_EQ(fault_of("graph g(%x: f32[2,3]) -> (%x) {}"), "value 'x': error: R7: shape 2x3 has batch 2, must be 1");
  EXPECT_EQ(fault_of("graph g(%x: f32[1,3]) -> (%y) { %y = reshape(%x) shape=[3,1] }"),
            "value 'y': error: R7: shape 3x1 has batch 3, must be 1");
  EXPECT_EQ(fault_of("graph g(%x: f32[1,0]) -> (%x) {}"), "value 'x': error: R7: shape 1x0 has no elements");
  EXPECT_EQ(fault_of("graph g(%x: f32[]) -> (%x, %y) { const @c: f32[5] = fill(1) %y = relu(@c) }"), "");
}

TEST(Verifier, R8WantsParametersOnQuantizedTypesOnly) {
  for (const std::string type : {"i4", "i8", "u8", "i16"}) {
    EXPECT_EQ(fault_of("graph g(%x: " + type + "[1]) -> (%x) {}"),
              "value 'x': error: R8: " + type + " needs quantization parameters");
  }
  for (const std::string type : {"f32", "f16", "bool"}) {
    EXPECT_EQ(fault_of("graph g(%x: " + type + "[1]) -> (%x) {}"), "");
    EXPECT_EQ(fault_of("graph g(%x: " + type + "[1] q(1)) -> (%x) {}"),
              "value 'x': error: R8: " + type + " cannot have quantization parameters");
  }
  for (const std::string type : {"i32", "i64"}) {
    EXPECT_EQ(fault_of("graph g(%x: " + type + "[1] q(1), %y: " + type + "[1]) -> (%x) {}"), "");
  }
  EXPECT_EQ(fault_of("graph g(%x: i32[1]) -> (%y) { %y = requantize(%x) }"),
            "requantize 'y': error: R8: i32 needs quantization parameters");
}

std::string const_fault(std::string_view quant, std::string_view type = "i8[2,3]") {
  return fault_of("graph g() -> (@c) { const @c: " + std::string(type) + " " + std::string(quant) + " = fill(0) }");
}

TEST(Verifier, R9WantsScalesThatArePositiveAndFinite) {
  EXPECT_EQ(const_fault("q(1e-45)"), "");
  EXPECT_EQ(const_fault("q(0)"), "value 'c': error: R9: scale 0 is not positive and finite");
  EXPECT_EQ(const_fault("q(-1)"), "value 'c': error: R9: scale -1 is not positive and finite");
  EXPECT_EQ(const_fault("q(nan)"), "value 'c': error: R9: scale nan is not positive and finite");
  EXPECT_EQ(const_fault("q(axis=0, [1, inf])"), "value 'c': error: R9: scale inf is not positive and finite");
}

TEST(Verifier, R9WantsZeroPointsInRange) {
  EXPECT_EQ(const_fault("q(1, -128)"), "");
  EXPECT_EQ(const_fault("q(1, 128)"), "value 'c': error: R9: zero point 128 is out of range for i8");
  EXPECT_EQ(const_fault("q(1, 255)", "u8[2]"), "");
  EXPECT_EQ(const_fault("q(1, -1)", "u8[2]"), "value 'c': error: R9: zero point -1 is out of range for u8");
  EXPECT_EQ(const_fault("q(1, 8)", "i4[2]"), "value 'c': error: R9: zero point 8 is out of range for i4");
  EXPECT_EQ(const_fault("q(1, 1)", "i16[2]"), "value 'c': error: R9: zero point 1 is out of range for i16");
  EXPECT_EQ(const_fault("q(1, 1)", "i32[2]"), "value 'c': error: R9: zero point 1 is out of range for i32");
}

TEST(Verifier, R9WantsOnePairForEachIndexOfTheAxis) {
  EXPECT_EQ(const_fault("q(axis=1, [1, 2, 3])"), "");
  EXPECT_EQ(const_fault("q(axis=1, [1, 2])"), "value 'c': error: R9: has 2 scales and 2 zero points, needs 3");
  EXPECT_EQ(const_fault("q(axis=0, [1, 2], [0])"), "value 'c': error: R9: has 2 scales and 1 zero points, needs 2");
  EXPECT_EQ(const_fault("q(axis=2, [1])"), "value 'c': error: R9: quantization axis 2 does not exist in shape 2x3");
  EXPECT_EQ(const_fault("q(axis=-2, [1])"), "value 'c': error: R9: quantization axis -2 does not exist in shape 2x3");
}

TEST(Verifier, R10WantsActivationsPerTensor) {
  EXPECT_EQ(fault_of("graph g(%x: i8[1,2] q(axis=1, [1, 1])) -> (%x) {}"),
            "value 'x': error: R10: only a constant can have quantization parameters per channel");
}

TEST(Verifier, R11WantsOnePairWhereElementsMove) {
  const auto concat = [](std::string_view second, std::string_view result) {
    return fault_of("graph g(%x: i8[1,2] q(0.5, 1), %z: i8[1,2] " + std::string(second) +
                    ") -> (%y) { %y: " + std::string(result) + " = concat(%x, %z) axis=1 }");
  };
  EXPECT_EQ(concat("q(0.5, 1)", "q(0.5, 1)"), "");
  EXPECT_EQ(concat("q(0.5, 2)", "q(0.5, 1)"),
            "concat 'y': error: R11: input 1 has parameters 0.5, 2, the result has 0.5, 1");
  EXPECT_EQ(concat("q(0.5, 1)", "q(0.25, 1)"),
            "concat 'y': error: R11: input 0 has parameters 0.5, 1, the result has 0.25, 1");
}

TEST(Verifier, R12WantsTheFixedParametersOfUnitResults) {
  const auto sigmoid = [](const std::string& type, const std::string& result) {
    return fault_of("graph g(%x: " + type + "[1,2] q(0.5)) -> (%y) { %y: " + result + " = sigmoid(%x) }");
  };
  EXPECT_EQ(sigmoid("i8", "q(0.00390625, -128)"), "");
  EXPECT_EQ(sigmoid("u8", "q(0.00390625, 0)"), "");
  EXPECT_EQ(sigmoid("i16", "q(3.0517578e-05, 0)"), "");
  EXPECT_EQ(sigmoid("i8", "q(0.00390625, 0)"),
            "sigmoid 'y': error: R12: the result has parameters 0.00390625, 0, must have 0.00390625, -128");
}

std::string fully_connected(const std::string& weights, const std::string& bias = "q(axis=0, [0.05, 0.1])") {
  return fault_of("graph g(%x: i8[1,2] q(0.5, 3)) -> (%y) { const @w: i8[2,2] " + weights +
                  " = fill(1) const @b: i32[2] " + bias + " = fill(1) %y: q(1) = fully_connected(%x, @w, @b) }");
}

TEST(Verifier, R13WantsSymmetricWeightsAlongOutputChannels) {
  EXPECT_EQ(fully_connected("q(axis=0, [0.1, 0.2])"), "");
  EXPECT_EQ(fully_connected("q(axis=0, [0.1, 0.2], [0, 5])"),
            "fully_connected 'y': error: R13: weights have zero point 5, must have 0");
  EXPECT_EQ(fully_connected("q(axis=1, [0.1, 0.2])"),
            "fully_connected 'y': error: R13: weights are quantized along axis 1, not along output channels, axis 0");
  EXPECT_EQ(fault_of("graph g(%x: i8[1,2,2,2] q(0.5)) -> (%y) { const @w: i8[1,1,1,2] q(axis=3, [1, 2]) = fill(1) "
                     "%y: q(1) = depthwise_conv2d(%x, @w) }"),
            "");
}

TEST(Verifier, R14WantsBiasesInTheUnitOfTheProducts) {
  EXPECT_EQ(fully_connected("q(0.1)", "q(0.05)"), "");
  EXPECT_EQ(fully_connected("q(0.1)", ""), "") << "parameters of a bias may be missing";
  EXPECT_EQ(fully_connected("q(0.1)", "q(0.0500001)"), "") << "within the tolerance";
  EXPECT_EQ(fully_connected("q(axis=0, [0.1, 0.2])", "q(axis=0, [0.05, 0.05])"),
            "fully_connected 'y': error: R14: the bias has scale 0.05 for channel 1, data and weights give 0.1");
}

TEST(Verifier, R15WantsARankThatHasChannels) {
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2] layout=channels_first) -> (%x) {}"),
            "value 'x': error: R15: shape 1x2 cannot be channels-first");
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2]) -> (%x layout=channels_first) {}"),
            "value 'x': error: R15: shape 1x2 cannot be channels-first");
}

TEST(Verifier, R16WantsPreprocessingThatFitsTheChannels) {
  const auto preprocess = [](const std::string& record) {
    return fault_of("graph g(%x: f32[1,4,4,3]) -> (%x) { preprocess %x " + record + " }") == "";
  };
  EXPECT_TRUE(preprocess("scale=1"));
  EXPECT_TRUE(preprocess("mean=[1,2,3] std=[1]"));
  EXPECT_FALSE(preprocess("mean=[1,2]"));
  EXPECT_FALSE(preprocess("std=[1,0,1]"));
  EXPECT_FALSE(preprocess("std=[nan]"));
  EXPECT_FALSE(preprocess("scale=inf"));
}

TEST(Verifier, R17WantsRangesOfFloatActivationsAlone) {
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2] r(-1, 3)) -> (%y) { %y: r(0, 3) = relu(%x) }"), "");
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2] r(3, 3)) -> (%x) { }"), "value 'x': error: R17: the range 3 to 3 is none");
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2] r(0, inf)) -> (%x) { }"),
            "value 'x': error: R17: the range 0 to inf is none");
  EXPECT_EQ(fault_of("graph g(%x: i8[1,2] q(1) r(0, 1)) -> (%x) { }"),
            "value 'x': error: R17: only a float activation can have a range");
}

TEST(Verifier, ListsEveryFaultUpToALimit) {
  std::string inputs;
  for (int i = 0; i < 500; ++i) inputs += (i > 0 ? ", %x" : "%x") + std::to_string(i) + ": i8[1]";
  const Result<Graph> parsed = parse("graph g(" + inputs + ") -> (%x0) {}");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().faults().size(), 101U);
  EXPECT_EQ(parsed.error().faults().back().what, "more than 100 faults, the rest is not shown");
}

}  // namespace
}  // namespace netfit::ir
