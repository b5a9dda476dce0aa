// SPDX-License-Identifier: Apache-2.0
// Files from outside may hold anything. tests/models/make_bad_onnx.py spoils a valid file in one way each; the sweeps
// spoil valid ones in ways that nobody thought of.
#include <array>
#include <random>

#include <gtest/gtest.h>

#include "formats/onnx/onnx.h"
#include "formats/onnx/testing.h"
#include "formats/testing_bad_files.h"

namespace netfit::formats::onnx {
namespace {

base::Bytes load(const std::string& name) { return load_model(name + ".onnx"); }

const std::array kBadFiles{
    BadFile{"asymmetric_weights",
            "fully_connected 'g_node': error: weights with zero point 3 are not supported in an integer node (allowed: "
            "0 for int8, 128 for uint8)"},
    BadFile{"axis_range",
            "node 0 'y_node' (Softmax): error: axis 7 is not supported for shape 1x2x4x4 (allowed: 1 to 3)"},
    BadFile{"batch_reshape",
            "node 0 'y_node' (Reshape): error: the result has shape 8x4, whose first axis is not the batch of 1"},
    BadFile{"bias_length", "node 0 'c_node' (Conv): error: the bias has shape 2, but there are 3 output channels"},
    BadFile{"clip_limits",
            "node 0 'y_node' (Clip): error: limits [0, 4] are not supported (allowed: [0, inf], [0, 6], [-1, 1])"},
    BadFile{"computed_weights",
            "node 1 'y_node' (Conv): error: weights 'w' are computed, which is not supported (allowed: constants)"},
    BadFile{"control_flow", "node 0 'y_node' (If): error: control flow is not supported"},
    BadFile{"custom_domain",
            "node 0 'fused' (FusedConv): error: operators of domain 'com.microsoft' are not supported"},
    BadFile{"cycle", "node 0 'a_node' (Add): error: waits for its own result: the nodes form a cycle"},
    BadFile{"dilated_pool", "node 0 'y_node' (MaxPool): error: dilation 2x2 is not supported (allowed: 1x1)"},
    BadFile{"dynamic_height", "input 'x': error: dimension 2 ('height') is dynamic, which only the batch may be"},
    BadFile{"empty", "error: the file holds no ONNX graph"},
    BadFile{"empty_graph", "error: the graph has no outputs"},
    BadFile{"external_data", "initializer 'w': error: the data lies in another file, which is not supported"},
    BadFile{"fixed_batch", "input 'x': error: the batch is fixed to 4 (allowed: 1, or dynamic)"},
    BadFile{"foreign_record",
            "netfit.preprocessing: error: the record names an input 'other', which the file does not have"},
    BadFile{"functions", "error: functions inside the model are not supported"},
    BadFile{"gather_index", "node 1 'g_node' (Gather): error: index 9 is out of range (allowed: -4 to 3)"},
    BadFile{"group", "node 0 'c_node' (Conv): error: 2 groups do not divide 2 input and 3 output channels"},
    BadFile{"huge_dimension", "input 'x': error: shape 1x2x1099511627776x4 has more than 2147483648 elements"},
    BadFile{"huge_fill",
            "node 0 'f_node' (ConstantOfShape): error: computing constants would make 1073741824 elements, more than "
            "the 16777224 left of what is allowed"},
    BadFile{"huge_stride",
            "node 0 'c_node' (Conv): error: strides 1099511627776 is not supported (allowed: 1 to 1048576)"},
    BadFile{"int16_quantization",
            "node 0 'q_node' (QuantizeLinear): error: zero points of i16 integers are not supported (allowed: 0)"},
    BadFile{"int4_quantization",
            "node 0 'q_node' (QuantizeLinear): error: quantization to i4 is not supported (allowed: i8, u8, i16)"},
    BadFile{"int64_input", "input 'x': error: has type int64 (allowed: float32, int8, uint8, int16)"},
    BadFile{"ir_version", "error: IR version 99 is not supported (allowed: 3 to 14)"},
    BadFile{"kernel_shape", "node 0 'c_node' (Conv): error: kernel_shape is 5x5, the weights are 3x2x3x3"},
    BadFile{"mean_of_batch", "node 0 'y_node' (ReduceMean): error: a mean over the batch is not supported"},
    BadFile{"missing_initializer", "node 0 'c_node' (Conv): error: input 'w' is produced by nothing"},
    BadFile{"missing_kernel", "node 0 'y_node' (MaxPool): error: attribute 'kernel_shape' is missing"},
    BadFile{"nan_scale", "node 0 'q_node' (QuantizeLinear): error: scale nan is not positive and finite"},
    BadFile{"negative_dimension", "input 'x': error: dimension 2 is -3 (allowed: 1 or more)"},
    BadFile{"negative_padding", "node 0 'c_node' (Conv): error: padding -1 is not supported (allowed: 0 to 1048576)"},
    BadFile{"negative_scale", "node 0 'q_node' (QuantizeLinear): error: scale -0.5 is not positive and finite"},
    BadFile{"negative_weights", "initializer 'w': error: dimension -2 is negative"},
    BadFile{"no_graph", "error: the file holds no ONNX graph"},
    BadFile{"no_opset", "error: no opset of the standard operators is imported"},
    BadFile{"no_protobuf", "error: the file is no complete ONNX model: its protobuf structure is broken"},
    BadFile{"opset_8", "error: opset 8 is not supported (allowed: 9 to 22)"},
    BadFile{"opset_999", "error: opset 999 is not supported (allowed: 9 to 22)"},
    BadFile{"pad_mode", "node 0 'y_node' (Pad): error: only constant padding is supported"},
    BadFile{"per_channel_activation",
            "node 0 'q_node' (QuantizeLinear): error: activations with one scale per channel are not supported "
            "(allowed: one scale)"},
    BadFile{"permutation", "node 0 'y_node' (Transpose): error: perm [0,1,1,2] is no permutation of 4 axes"},
    BadFile{"produced_twice", "node 1 'second' (Sigmoid): error: 'y' is produced a second time"},
    BadFile{"raw_length", "initializer 'w': error: 215 bytes of data for a tensor f32 of 3x2x3x3, which takes 216"},
    BadFile{"reshape_count", "node 0 'y_node' (Reshape): error: shape [1,5,-1] does not divide 1x2x4x4"},
    BadFile{"sequence_input", "input 'x': error: is no dense tensor, which is not supported"},
    BadFile{"shapes_differ", "node 0 'y_node' (Add): error: shapes 1x2x4x4 and 3 do not broadcast"},
    BadFile{"sparse", "error: sparse initializers are not supported"},
    BadFile{"string_weights", "initializer 'w': error: string elements are not supported"},
    BadFile{"training_norm",
            "node 0 'y_node' (BatchNormalization): error: training_mode 1 is not supported (allowed: 0)"},
    BadFile{"truncated", "error: the file is no complete ONNX model: its protobuf structure is broken"},
    BadFile{"typed_length", "initializer 'w': error: 3 elements of data for a tensor of 54"},
    BadFile{"unexplained_uint8", "input 'u': error: has type u8, but no DequantizeLinear says what its integers mean"},
    BadFile{"unproduced_output", "error: output 'z' is produced by nothing"},
    BadFile{"wire_type", "error: the file holds no ONNX graph"},
    BadFile{"wrong_attribute", "node 0 'c_node' (Conv): error: attribute 'group' has type string (allowed: int)"},
    BadFile{"zero_point_type",
            "node 0 'q_node' (QuantizeLinear): error: the zero point has type f32 and shape scalar, which do not go "
            "with a scale of shape scalar"},
    BadFile{"zero_step", "node 1 't_node' (Slice): error: step 0 is not supported (allowed: any other)"},
};

class BadOnnxFile : public testing::TestWithParam<BadFile> {};

TEST_P(BadOnnxFile, GivesOneLocatedMessage) {
  expect_refused(read(load(std::string("bad_") + GetParam().name)), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(, BadOnnxFile, testing::ValuesIn(kBadFiles), &name_of);

TEST(BadOnnxFiles, EveryOneInTheFolderHasItsMessage) {
  // One more: several faults in one file are a test of their own.
  EXPECT_EQ(count_bad_files(".onnx"), kBadFiles.size() + 1);
}

TEST(BadOnnxFiles, ListEveryUnsupportedOperatorAtOnce) {
  const Result<ir::Graph> graph = read(load("bad_three_unsupported"));
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().text(),
            "node 0 'first' (Erf): error: this operator is not supported\n"
            "node 1 'second' (Softplus): error: this operator is not supported\n"
            "node 3 'third' (Mish): error: this operator is not supported");
}

class SpoiledOnnxFile : public testing::TestWithParam<const char*> {};

TEST_P(SpoiledOnnxFile, IsRefusedAtEveryLength) {
  const base::Bytes whole = written(GetParam());
  ASSERT_TRUE(read(whole));
  EXPECT_TRUE(recognizes(whole));
  int readable = 0;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Result<ir::Graph> graph = read(std::span(whole).first(length));
    readable += graph ? 1 : 0;
    EXPECT_TRUE(graph || !graph.error().what().empty()) << length;
  }
  // Before each of the two metadata entries, which come last, the file ends as if it had none.
  EXPECT_LE(readable, 2);
}

TEST_P(SpoiledOnnxFile, DoesNotCrashWithBitsFlipped) {
  const base::Bytes whole = written(GetParam());
  std::mt19937 random(7);
  for (int round = 0; round < 4000; ++round) {
    base::Bytes spoiled = whole;
    for (int flips = 0; flips <= round % 3; ++flips) {
      spoiled[random() % spoiled.size()] ^= static_cast<std::byte>(1U << (random() % 8));
    }
    const Result<ir::Graph> graph = read(spoiled);
    if (!graph) {
      EXPECT_FALSE(graph.error().what().empty());
      continue;
    }
    const Result<base::Bytes> bytes = write(*graph);
    if (bytes) {
      EXPECT_TRUE(read(*bytes)) << round;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, SpoiledOnnxFile, testing::Values(kFloatText, kInt8Text),
                         [](const testing::TestParamInfo<const char*>& row) {
                           return row.param == kFloatText ? "Float" : "Int8";
                         });

}  // namespace
}  // namespace netfit::formats::onnx
