// SPDX-License-Identifier: Apache-2.0
// The type of every op's result, and what each op refuses.
#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/text.h"
#include "ir/builder.h"
#include "ir/op_table.h"
#include "ir/ops.h"
#include "ir/type_parser.h"

namespace netfit::ir {
namespace {

using Types = std::vector<std::string>;

/// "f32 1x4x4x6", or the message. `types` are those of the inputs, "_" an absent one; `attributes` are in text form.
std::string infer(std::string_view op, const Types& types, std::string_view attributes = "") {
  Graph graph;
  Node node{.name = "n", .op = find_op(op), .attrs = {}, .inputs = {}, .outputs = {}};
  for (const std::string& text : types) {
    if (text == "_") {
      node.inputs.emplace_back();
      continue;
    }
    Lexer lexer(text);
    const TensorType type = parse_type(lexer).value();
    node.inputs.push_back(graph.add_value({.name = "v", .dtype = type.dtype, .shape = type.shape}));
  }
  std::vector<AttrText> fields;
  for (const std::string& field : base::split(attributes, ' ')) {
    if (field.empty()) continue;
    const std::vector<std::string> parts = base::split(field, '=');
    fields.push_back({parts[0], parts[1]});
  }
  Result<Attrs> attrs = node.op->codec.parse(fields);
  if (!attrs) return attrs.error().what();
  node.attrs = std::move(*attrs);
  const Result<TensorType> type = infer_type(graph, node);
  return type ? std::string(tensor::name(type->dtype)) + " " + to_string(type->shape) : type.error().what();
}

TEST(Conv2d, GivesTheExtentOfItsWindows) {
  EXPECT_EQ(infer("conv2d", {"f32[1,8,9,4]", "f32[6,3,3,4]"}), "f32 1x6x7x6");
  EXPECT_EQ(infer("conv2d", {"f32[1,8,9,4]", "f32[6,3,3,4]"}, "stride=2x3 padding=1,0,1,1"), "f32 1x4x3x6");
  EXPECT_EQ(infer("conv2d", {"f32[1,8,9,4]", "f32[6,3,2,4]", "f32[6]"}, "dilation=3x4"), "f32 1x2x5x6");
  EXPECT_EQ(infer("conv2d", {"f32[1,8,9,4]", "f32[6,8,9,4]", "_"}), "f32 1x1x1x6");
}

TEST(Conv2d, TakesGroupsFromItsShapes) {
  EXPECT_EQ(infer("conv2d", {"f32[1,3,3,4]", "f32[6,1,1,2]"}), "f32 1x3x3x6");
  EXPECT_EQ(infer("conv2d", {"f32[1,3,3,4]", "f32[8,1,1,1]"}), "f32 1x3x3x8");
  const std::string refused = "weights 6x1x1x3 do not divide 4 input channels into groups";
  EXPECT_EQ(infer("conv2d", {"f32[1,3,3,4]", "f32[6,1,1,3]"}), refused);
  EXPECT_NE(infer("conv2d", {"f32[1,3,3,4]", "f32[5,1,1,2]"}).find("do not divide"), std::string::npos);
  EXPECT_NE(infer("conv2d", {"f32[1,3,3,0]", "f32[5,1,1,1]"}).find("do not divide"), std::string::npos);
  EXPECT_NE(infer("conv2d", {"f32[1,3,3,4]", "f32[5,1,1,0]"}).find("do not divide"), std::string::npos);
}

TEST(Conv2d, RefusesWindowsThatDoNotFit) {
  const Types types{"f32[1,4,4,1]", "f32[1,3,3,1]"};
  EXPECT_EQ(infer("conv2d", types, "dilation=2x2"), "a window that reaches over 5 pixels does not fit into 4");
  EXPECT_EQ(infer("conv2d", types, "dilation=2x2 padding=1,0,0,1"), "f32 1x1x1x1");
  EXPECT_EQ(infer("conv2d", types, "stride=0x1"), "window, stride or dilation 0 is not in [1, 1048576]");
  EXPECT_EQ(infer("conv2d", types, "padding=-1,0,0,0"), "padding -1 is not in [0, 1048576]");
  EXPECT_EQ(infer("conv2d", types, "padding=9223372036854775807,9223372036854775807,0,0"),
            "padding 9223372036854775807 is not in [0, 1048576]");
}

TEST(Conv2d, RefusesTypesThatDoNotGoTogether) {
  EXPECT_EQ(infer("conv2d", {"f32[1,4,4,1]", "i16[1,3,3,1]"}), "weights of type i16 do not go with data of type f32");
  EXPECT_EQ(infer("conv2d", {"i8[1,4,4,1]", "f32[1,3,3,1]"}), "weights of type f32 do not go with data of type i8");
  EXPECT_EQ(infer("conv2d", {"i8[1,4,4,1]", "i4[1,3,3,1]", "i32[1]"}), "i8 1x2x2x1");
  EXPECT_EQ(infer("conv2d", {"i16[1,4,4,1]", "i8[1,3,3,1]", "i64[1]"}), "i16 1x2x2x1");
  EXPECT_EQ(infer("conv2d", {"i8[1,4,4,1]", "i8[1,3,3,1]", "i64[1]"}),
            "the bias has type i64, data of type i8 needs i32");
  EXPECT_EQ(infer("conv2d", {"f32[1,4,4,1]", "f32[1,3,3,1]", "f32[2]"}),
            "the bias has shape 2, but there are 1 output channels");
  EXPECT_EQ(infer("conv2d", {"i32[1,4,4,1]", "i8[1,3,3,1]"}),
            "conv2d does not compute in i32 (allowed: f32, i8, i16, u8)");
}

TEST(Conv2d, RefusesTheWrongRankOrNumberOfInputs) {
  EXPECT_EQ(infer("conv2d", {"f32[1,4,4]", "f32[1,3,3,1]"}), "input 0 has shape 1x4x4, but conv2d takes rank 4 there");
  EXPECT_EQ(infer("conv2d", {"f32[1,4,4,1]"}), "conv2d takes 2 to 3 inputs, but has 1");
  EXPECT_EQ(infer("conv2d", {"f32[1,4,4,1]", "_"}), "input 1 of conv2d is missing");
}

TEST(DepthwiseConv2d, MultipliesChannels) {
  EXPECT_EQ(infer("depthwise_conv2d", {"f32[1,5,5,3]", "f32[1,3,3,6]"}), "f32 1x3x3x6");
  const std::string refused = "depthwise weights 1x3x3x4 do not go with 3 input channels";
  EXPECT_EQ(infer("depthwise_conv2d", {"f32[1,5,5,3]", "f32[1,3,3,4]"}), refused);
  EXPECT_NE(infer("depthwise_conv2d", {"f32[1,5,5,3]", "f32[2,3,3,3]"}).find("do not go"), std::string::npos);
}

TEST(FullyConnected, ReplacesTheLastExtent) {
  EXPECT_EQ(infer("fully_connected", {"f32[1,7]", "f32[3,7]", "f32[3]"}), "f32 1x3");
  EXPECT_EQ(infer("fully_connected", {"f32[1,2,7]", "f32[3,7]"}), "f32 1x2x3");
  EXPECT_EQ(infer("fully_connected", {"f32[1,6]", "f32[3,7]"}), "data 1x6 does not go with weights 3x7");
  EXPECT_EQ(infer("fully_connected", {"f32[7]", "f32[3,7]"}), "data 7 does not go with weights 3x7");
  EXPECT_NE(infer("fully_connected", {"f32[1,1073741824,1]", "f32[4,1]"}).find("more than"), std::string::npos);
}

TEST(Pool2d, KeepsChannels) {
  EXPECT_EQ(infer("max_pool2d", {"f32[1,8,8,5]"}, "window=2x2 stride=2x2"), "f32 1x4x4x5");
  EXPECT_EQ(infer("average_pool2d", {"i8[1,7,7,5]"}, "window=7x7"), "i8 1x1x1x5");
}

TEST(Pool2d, RefusesAWindowThatMayLieInThePaddingAlone) {
  EXPECT_EQ(infer("max_pool2d", {"f32[1,8,8,5]"}, "window=2x2 padding=0,1,0,1"), "f32 1x8x8x5");
  EXPECT_EQ(infer("max_pool2d", {"f32[1,8,8,5]"}, "window=2x2 padding=0,2,0,0"),
            "padding 0,2,0,0 is not smaller than the window 2x2");
  EXPECT_EQ(infer("average_pool2d", {"f32[1,8,8,5]"}, "window=9x2"),
            "a window that reaches over 9 pixels does not fit into 8");
}

TEST(BatchNorm, WantsFourParametersPerChannel) {
  EXPECT_EQ(infer("batch_norm", {"f32[1,2,2,3]", "f32[3]", "f32[3]", "f32[3]", "f32[3]"}), "f32 1x2x2x3");
  EXPECT_EQ(infer("batch_norm", {"f32[1,2,2,3]", "f32[3]", "f32[3]", "f32[2]", "f32[3]"}),
            "input 3 has shape 2, but there are 3 channels");
  EXPECT_EQ(infer("batch_norm", {"i8[1,2,2,3]", "f32[3]", "f32[3]", "f32[3]", "f32[3]"}),
            "input 0 has type i8, batch_norm computes in f32");
  EXPECT_EQ(infer("batch_norm", {"f32[1,3]", "f32[3]", "f32[3]", "f32[3]", "f32[3]"}, "epsilon=-1"),
            "epsilon -1 is not in [0, inf)");
}

TEST(Binary, Broadcasts) {
  for (const std::string_view op : {"add", "sub", "mul", "div"}) {
    EXPECT_EQ(infer(op, {"f32[1,4,4,3]", "f32[3]"}), "f32 1x4x4x3");
    EXPECT_EQ(infer(op, {"f32[]", "f32[1,3]"}, "activation=relu6"), "f32 1x3");
    EXPECT_EQ(infer(op, {"f32[1,4]", "f32[1,3]"}), "shapes 1x4 and 1x3 do not broadcast");
    EXPECT_EQ(infer(op, {"f32[1,4]", "i8[1,4]"}), "inputs of " + std::string(op) + " have types f32 and i8");
  }
}

TEST(Pointwise, KeepsTypeAndShape) {
  for (const std::string_view op :
       {"relu", "relu6", "relu_n1_to_1", "leaky_relu", "hard_swish", "hard_sigmoid", "sigmoid", "softmax"}) {
    EXPECT_EQ(infer(op, {"i8[1,4,3]"}), "i8 1x4x3");
    EXPECT_NE(infer(op, {"bool[1,4]"}).find("does not compute in bool"), std::string::npos);
  }
  EXPECT_EQ(infer("softmax", {"f32[]"}), "softmax of a scalar has no axis");
  EXPECT_EQ(infer("softmax", {"f32[1,2]"}, "beta=inf"), "beta inf is not finite");
  EXPECT_EQ(infer("leaky_relu", {"f32[1,2]"}, "alpha=-1.5"), "f32 1x2");
  EXPECT_EQ(infer("leaky_relu", {"f32[1,2]"}, "alpha=nan"), "alpha nan is not finite");
}

TEST(Concat, AddsExtents) {
  EXPECT_EQ(infer("concat", {"f32[1,4,3]", "f32[1,4,2]", "f32[1,4,1]"}, "axis=2"), "f32 1x4x6");
  EXPECT_EQ(infer("concat", {"f32[1,4,3]", "f32[1,5,3]"}, "axis=2"),
            "inputs have shapes 1x4x3 and 1x5x3, which differ beside axis 2");
  EXPECT_EQ(infer("concat", {"f32[1,4]", "i8[1,4]"}, "axis=1"), "inputs have types f32 and i8");
  EXPECT_EQ(infer("concat", {"f32[1,4]"}, "axis=4294967296"), "axis 4294967296 does not exist in shape 1x4");
  EXPECT_EQ(infer("concat", {"f32[1,4]"}, "axis=-1"), "axis -1 does not exist in shape 1x4");
  EXPECT_EQ(infer("concat", {}), "concat takes 1 to 1048576 inputs, but has 0");
}

TEST(Pad, AddsOnBothSides) {
  EXPECT_EQ(infer("pad", {"f32[1,4,4]"}, "before=[0,1,0] after=[0,2,3]"), "f32 1x7x7");
  EXPECT_EQ(infer("pad", {"f32[1,4]"}, "before=[0] after=[0,2]"), "paddings [0] and [0,2] do not go with shape 1x4");
  EXPECT_EQ(infer("pad", {"f32[1,4]"}, "before=[0,-1] after=[0,2]"), "padding [0,-1] is negative or huge");
  EXPECT_EQ(infer("pad", {"f32[1,4]"}, "before=[0,0] after=[0,2] value=nan"), "the padding value is not a number");
}

TEST(Mean, DropsOrKeepsAxes) {
  EXPECT_EQ(infer("mean", {"f32[1,4,5,3]"}, "axes=[1,2]"), "f32 1x3");
  EXPECT_EQ(infer("mean", {"f32[1,4,5,3]"}, "axes=[1,2] keep_dims=true"), "f32 1x1x1x3");
  for (const std::string axes : {"[0,1]", "[2,1]", "[1,1]", "[4]", "[-1]"}) {
    EXPECT_NE(infer("mean", {"f32[1,4,5,3]"}, "axes=" + axes).find("not ascending within 1 to 3"), std::string::npos);
  }
  EXPECT_EQ(infer("mean", {"f32[1,0,5,3]"}, "axes=[1]"), "the mean of no elements does not exist");
}

TEST(Reshape, KeepsTheNumberOfElements) {
  EXPECT_EQ(infer("reshape", {"i64[1,4,5]"}, "shape=[1,20]"), "i64 1x20");
  EXPECT_EQ(infer("reshape", {"f32[1,1]"}, "shape=[]"), "f32 scalar");
  EXPECT_EQ(infer("reshape", {"f32[1,4]"}, "shape=[1,5]"), "1x4 cannot become 1x5: the number of elements differs");
  EXPECT_EQ(infer("reshape", {"f32[1,4]"}, "shape=[1,-1]"), "dimension -1 is negative");
}

TEST(Transpose, WantsAPermutation) {
  EXPECT_EQ(infer("transpose", {"u8[1,4,5]"}, "perm=[0,2,1]"), "u8 1x5x4");
  for (const std::string perm : {"[0,1]", "[0,1,1]", "[0,1,3]", "[-1,0,1]"}) {
    EXPECT_EQ(infer("transpose", {"f32[1,4,5]"}, "perm=" + perm), perm + " is no permutation of the axes of 1x4x5");
  }
}

TEST(Requantize, ChangesTheType) {
  EXPECT_EQ(infer("requantize", {"f32[1,4]"}, "to=i8"), "i8 1x4");
  EXPECT_EQ(infer("requantize", {"i4[1,4]"}), "f32 1x4");
  EXPECT_EQ(infer("requantize", {"f32[1,4]"}, "to=bool"), "bool does not hold quantized numbers");
}

TEST(Attributes, AreRefusedWithTheirName) {
  EXPECT_EQ(infer("relu", {"f32[1]"}, "alpha=1"), "unknown attribute 'alpha'");
  EXPECT_EQ(infer("conv2d", {}, "stride=2"), "attribute 'stride': '2' is not height x width, as in 3x3");
  EXPECT_EQ(infer("conv2d", {}, "padding=1,2,3"), "attribute 'padding': '1,2,3' is not top,bottom,left,right");
  EXPECT_EQ(infer("add", {}, "activation=tanh"),
            "attribute 'activation': 'tanh' is no activation (allowed: none, relu, relu6, relu_n1_to_1)");
  EXPECT_EQ(infer("concat", {}, "axis=1.5"), "attribute 'axis': '1.5' is not a whole number");
  EXPECT_EQ(infer("mean", {}, "keep_dims=yes"), "attribute 'keep_dims': 'yes' is neither true nor false");
}

// The attributes for permuted data commute with transpose: checked by shapes here, by numbers where executors are.
TEST(Permuted, MovesAxesOfConcatPadAndMean) {
  Graph graph;
  Builder builder(graph);
  const ValueId x = builder.input("x", DType::Float32, Shape{1, 4, 5, 3});  // channels-last; the ops below saw 1,3,4,5
  const ValueId seen = builder.add(kTranspose, {x}, Attrs::of(TransposeAttrs{{0, 3, 1, 2}}), "t").value();
  const std::vector<int> perm{0, 3, 1, 2};
  const auto permuted_shape = [&](const OpSpec& op, Attrs attrs) {
    const ValueId y = builder.add(op, {seen}, std::move(attrs), "y").value();
    const NodeView view(graph, graph.node(graph.order().back()));
    const ValueId z = builder.add(op, {x}, *op.permuted(view, perm), "z").value();
    const ValueId back = builder.add(kTranspose, {z}, Attrs::of(TransposeAttrs{{0, 3, 1, 2}}), "b").value();
    EXPECT_EQ(graph.value(back).shape, graph.value(y).shape) << op.name;
    return to_string(graph.value(z).shape);
  };
  EXPECT_EQ(permuted_shape(kPad, Attrs::of(PadAttrs{{0, 1, 2, 3}, {0, 0, 0, 10}})), "1x6x18x4");
  EXPECT_EQ(permuted_shape(kMean, Attrs::of(ReduceAttrs{{1, 3}, true})), "1x4x1x1");
  EXPECT_EQ(permuted_shape(kConcat, Attrs::of(ConcatAttrs{1})), "1x4x5x3");
  EXPECT_EQ(permuted_shape(kRelu, {}), "1x4x5x3");
}

TEST(Permuted, SaysNoWhereAnOpDoesNotCommute) {
  Graph graph;
  Builder builder(graph);
  const ValueId x = builder.input("x", DType::Float32, Shape{1, 3, 4, 5});
  builder.add(kSoftmax, {x}, {}, "s").value();
  const NodeView softmax(graph, graph.node(graph.order().back()));
  EXPECT_FALSE(kSoftmax.permuted(softmax, std::vector{0, 3, 1, 2}).has_value());
  EXPECT_TRUE(kSoftmax.permuted(softmax, std::vector{0, 2, 1, 3}).has_value());
  builder.add(kMean, {x}, Attrs::of(ReduceAttrs{{2, 3}, false}), "m").value();
  const NodeView mean(graph, graph.node(graph.order().back()));
  EXPECT_FALSE(kMean.permuted(mean, std::vector{0, 3, 1, 2}).has_value());
}

TEST(OpTable, IsSortedAndFindsEveryOp) {
  EXPECT_TRUE(std::ranges::is_sorted(op_table(), {}, &OpSpec::name));
  for (const OpSpec* op : op_table()) {
    EXPECT_EQ(find_op(op->name), op);
    EXPECT_FALSE(op->summary.empty());
    EXPECT_TRUE(op->codec.parse({}).has_value());
  }
  EXPECT_EQ(find_op("lstm"), nullptr);
}

TEST(Work, CountsMultiplyAccumulatesAndBytes) {
  Graph graph;
  Builder builder(graph);
  const ValueId x = builder.input("x", DType::Float32, Shape{1, 8, 8, 4});
  const ValueId w = graph.add_constant("w", Tensor(DType::Float32, Shape{6, 3, 3, 2}));
  builder.add(kConv2d, {x, w}, {}, "c").value();
  const Work work = count_work(NodeView(graph, graph.node(graph.order().back())));
  EXPECT_EQ(work.macs, 6 * 6 * 6 * 3 * 3 * 2);
  EXPECT_EQ(work.bytes_read, 4 * (8 * 8 * 4 + 6 * 3 * 3 * 2));
  EXPECT_EQ(work.bytes_written, 4 * 6 * 6 * 6);
}

}  // namespace
}  // namespace netfit::ir
