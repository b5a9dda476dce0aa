// SPDX-License-Identifier: Apache-2.0
// What our files look like inside, and what the reader makes of them. tests/integration/onnx_oracle_test.cc has ONNX
// Runtime judge the numbers.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "formats/onnx/onnx.pb.h"
#include "formats/onnx/testing.h"
#include "ir/ops.h"

namespace netfit::formats::onnx {
namespace {

proto::Model decoded(const base::Bytes& bytes) {
  proto::Model model;
  EXPECT_TRUE(model.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  return model;
}

std::vector<std::string> op_types(const proto::Model& model) {
  std::vector<std::string> types;
  for (const proto::Node& node : model.graph().node()) types.push_back(node.op_type());
  return types;
}

std::int64_t count(const std::vector<std::string>& types, std::string_view type) {
  return std::ranges::count(types, type);
}

const proto::Tensor* find_initializer(const proto::Model& model, std::string_view name) {
  for (const proto::Tensor& tensor : model.graph().initializer()) {
    if (tensor.name() == name) return &tensor;
  }
  return nullptr;
}

TEST(OnnxWriter, WritesACnnWithoutTransposes) {
  const std::vector<std::string> wanted{"Conv", "Clip", "MaxPool", "ReduceMean", "Softmax"};
  EXPECT_EQ(op_types(decoded(written(kFloatText))), wanted);
}

TEST(OnnxWriter, WritesTheActivationBeforeTheQuantization) {
  const std::vector<std::string> wanted{"QuantizeLinear",  // the input
                                        "DequantizeLinear",
                                        "DequantizeLinear",
                                        "DequantizeLinear",  // data, weights, bias
                                        "Conv",
                                        "Clip",
                                        "QuantizeLinear",
                                        "DequantizeLinear",
                                        "ReduceMean",
                                        "QuantizeLinear",
                                        "DequantizeLinear"};
  EXPECT_EQ(op_types(decoded(written(kInt8Text))), wanted);
}

TEST(OnnxWriter, WritesHalfPrecisionUnderACast) {
  const proto::Model model = decoded(written(R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    const @w: f16[3,1,1,2] = [1, 2, 3, 4, 5, 6]
    const @s: f16[4,2] = random(1)
    %wide = requantize(@w) to=f32
    %factor = requantize(@s) to=f32
    %m = mul(%x, %factor)
    %y = conv2d(%m, %wide)
  })"));
  constexpr int kFloat16 = 10;
  EXPECT_EQ(count(op_types(model), "Cast"), 2);
  const proto::Tensor* weights = find_initializer(model, "w");
  ASSERT_NE(weights, nullptr);
  EXPECT_EQ(weights->data_type(), kFloat16);
  EXPECT_EQ(std::vector<std::int64_t>(weights->dims().begin(), weights->dims().end()),
            (std::vector<std::int64_t>{3, 2, 1, 1}));
}

TEST(OnnxWriter, WritesWeightsAsIntegersInTheFormatsOrder) {
  const proto::Model model = decoded(written(kInt8Text));
  const proto::Tensor* weights = find_initializer(model, "w");
  ASSERT_NE(weights, nullptr);
  EXPECT_EQ(std::vector<std::int64_t>(weights->dims().begin(), weights->dims().end()),
            (std::vector<std::int64_t>{3, 2, 3, 3}));
  EXPECT_EQ(weights->raw_data().size(), 54U);
  EXPECT_EQ(find_initializer(model, "w/zero_point")->raw_data(), std::string(3, '\0'));
  EXPECT_EQ(find_initializer(model, "b/zero_point"), nullptr);
}

TEST(OnnxWriter, TransposesOnceBehindAChannelsLastInputAndBeforeSuchAnOutput) {
  const proto::Model model = decoded(written(R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    const @w: f32[3,3,3,2] = fill(0.5)
    %c = conv2d(%x, @w)
    %d = relu(%x)
    %e = conv2d(%d, @w)
    %y = add(%c, %e)
  })"));
  const std::vector<std::string> types = op_types(model);
  // One for %x before the first convolution, one for relu's result, one for %y.
  EXPECT_EQ(count(types, "Transpose"), 3);
  EXPECT_EQ(model.graph().output(0).name(), "y");
  EXPECT_EQ(model.graph().output(0).type().tensor_type().shape().dim(0).dim_param(), "n");
  EXPECT_EQ(model.graph().output(0).type().tensor_type().shape().dim(3).dim_value(), 3);
}

TEST(OnnxWriter, NamesEveryNodeAndTensorDifferently) {
  const proto::Model model = decoded(written(R"(graph main(%x: f32[1,4]) -> (%"r/before_activation", %s) {
    %r = add(%x, %x) activation=relu "same"
    %"r/before_activation" = relu(%r) "same"
    %s = relu(%"r/before_activation") "same"
  })"));
  std::set<std::string> nodes;
  std::set<std::string> tensors;
  for (const proto::Node& node : model.graph().node()) {
    EXPECT_TRUE(nodes.insert(node.name()).second) << node.name();
    EXPECT_TRUE(tensors.insert(node.output(0)).second) << node.output(0);
  }
  EXPECT_EQ(nodes.size(), 4U);
  EXPECT_EQ(model.graph().output(0).name(), "r/before_activation");
}

TEST(OnnxWriter, GivesAnOutputThatIsAnInputANameOfItsOwn) {
  const proto::Model model = decoded(written("graph main(%x: f32[1,4]) -> (%x, %y, %y) { %y = relu(%x) }"));
  std::set<std::string> names{model.graph().input(0).name()};
  for (const proto::ValueInfo& output : model.graph().output()) EXPECT_TRUE(names.insert(output.name()).second);
}

TEST(OnnxWriter, RefusesABiasThatNeedsMoreThan32Bits) {
  const Result<base::Bytes> bytes = write(support::graph_of(R"(graph main(%x: i16[1,2] q(0.001)) -> (%y) {
    const @w: i8[1,2] q(0.5) = [1, 2]
    const @b: i64[1] q(0.0005) = [2147483648]
    %y: i16[1,1] q(0.002) = fully_connected(%x, @w, @b)
  })"));
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().text(), "fully_connected 'y': error: a bias beyond 32 bits cannot be written to ONNX");
}

TEST(OnnxWriter, PacksTwoWeightsOf4BitsIntoAByteInTheFormatsOrder) {
  const proto::Model model = decoded(written(kInt4Text));
  EXPECT_EQ(model.opset_import(0).version(), 21);
  EXPECT_EQ(model.ir_version(), 10);
  const proto::Tensor* weights = find_initializer(model, "w");
  ASSERT_NE(weights, nullptr);
  constexpr int kInt4 = 22;
  EXPECT_EQ(weights->data_type(), kInt4);
  EXPECT_EQ(std::vector<std::int64_t>(weights->dims().begin(), weights->dims().end()),
            (std::vector<std::int64_t>{3, 2, 1, 1}));
  EXPECT_EQ(weights->raw_data(), "\xE1\xC3\xA5");  // 1 -2, 3 -4, 5 -6; the first in the low half
}

// Reading gives the same types and parameters back, some of them also on both sides of a transpose.
void expect_same_types(std::string_view text) {
  const ir::Graph before = support::graph_of(text);
  const ir::Graph after = reread(text);
  std::set<std::string> types[2];
  for (const ir::Graph* graph : {&before, &after}) {
    for (const ir::ValueId id : graph->values()) {
      const ir::Value& value = graph->value(id);
      if (!value.quant) continue;
      types[graph == &after].insert(std::string(tensor::name(value.dtype)) + " " +
                                    std::to_string(value.quant->scale(0)));
    }
  }
  EXPECT_EQ(types[0], types[1]);
}

TEST(OnnxReader, GivesBackWeightsOf4Bits) { expect_same_types(kInt4Text); }

TEST(OnnxReader, GivesBack16BitDataAndBiasesOf64) {
  expect_same_types(kInt16Text);
  const ir::Graph graph = reread(kInt16Text);
  const ir::Value& bias = graph.value(graph.find_value("b").value());
  EXPECT_EQ(bias.dtype, DType::Int64);
  EXPECT_EQ(tensor::to_int64s(*bias.constant), (std::vector<std::int64_t>{100000, -10, 25}));
}

TEST(OnnxReader, KeepsRangesOfActivations) {
  const ir::Graph graph = reread(R"(
graph main(%x: f32[1,4,4,2] r(-2, 2.5)) -> (%y) {
  const @k: f32[3,1,1,2] = random(1)
  %c: r(-0.1, 3) = conv2d(%x, @k)
  %y = relu(%c)
})");
  EXPECT_EQ(graph.value(graph.inputs[0].value).range, (ir::Interval{-2, 2.5}));
  EXPECT_EQ(graph.value(graph.find_value("c").value()).range, (ir::Interval{-0.1F, 3}));
  EXPECT_FALSE(graph.value(graph.find_value("y").value()).range);
}

TEST(OnnxReader, KeepsPreprocessingAndClassNames) {
  const ir::Graph graph = reread(kFloatText);
  ASSERT_TRUE(graph.inputs[0].preprocessing.has_value());
  EXPECT_EQ(*graph.inputs[0].preprocessing, *support::graph_of(kFloatText).inputs[0].preprocessing);
  EXPECT_EQ(graph.class_names, (std::vector<std::string>{"cat", "dog", "eel"}));
  EXPECT_EQ(graph.inputs[0].layout, ir::Layout::ChannelsFirst);
  EXPECT_EQ(graph.value(graph.inputs[0].value).shape, (Shape{1, 4, 4, 2}));
}

TEST(OnnxReader, MakesIntegerNodesOfWhatStandsBetweenQuantizations) {
  const ir::Graph graph = reread(kInt8Text);
  int requantizations = 0;
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    requantizations += node.op == &ir::kRequantize ? 1 : 0;
    if (node.op == &ir::kConv2d) {
      EXPECT_EQ(node.attrs.as<ir::Conv2dAttrs>().activation, ir::Activation::Relu6);
      EXPECT_EQ(graph.value(node.inputs[1]).name, "w");
      EXPECT_EQ(graph.value(node.inputs[1]).dtype, DType::Int8);
      EXPECT_EQ(graph.value(node.inputs[1]).quant->axis, 0);
      EXPECT_EQ(graph.value(node.inputs[2]).name, "b");
      EXPECT_EQ(tensor::to_int64s(*graph.value(node.inputs[2]).constant), (std::vector<std::int64_t>{10, -10, 25}));
    }
  }
  EXPECT_EQ(requantizations, 2);
}

TEST(OnnxReader, KeepsTheSlopeOfALeakyRelu) {
  const char* text = R"(graph main(%x: f32[1,4]) -> (%y) {
    %a = leaky_relu(%x) alpha=-0.3
    %y = leaky_relu(%a)
  })";
  EXPECT_EQ(op_types(decoded(written(text))), (std::vector<std::string>{"LeakyRelu", "LeakyRelu"}));
  const ir::Graph graph = reread(text);
  std::vector<float> slopes;
  for (const ir::NodeId id : graph.order()) slopes.push_back(graph.node(id).attrs.as<ir::LeakyReluAttrs>().alpha);
  EXPECT_EQ(slopes, (std::vector<float>{-0.3F, 0.01F}));
}

TEST(OnnxReader, RecognizesItsOwnFormatOnly) {
  EXPECT_TRUE(recognizes(written(kFloatText)));
  EXPECT_FALSE(recognizes(base::as_bytes("")));
  EXPECT_FALSE(recognizes(base::as_bytes("\x1c\0\0\0TFL3 and more")));
  EXPECT_FALSE(recognizes(base::as_bytes("\x93NUMPY")));
}

}  // namespace
}  // namespace netfit::formats::onnx
