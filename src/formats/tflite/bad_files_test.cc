// SPDX-License-Identifier: Apache-2.0
// Files from outside may hold anything. tests/models/make_bad_tflite.py spoils a valid file in one way each; the sweeps
// spoil valid ones in ways that nobody thought of.
#include <array>

#include <gtest/gtest.h>

#include "formats/testing_bad_files.h"
#include "formats/tflite/tflite.h"

namespace netfit::formats::tflite {
namespace {

base::Bytes load(const std::string& name) { return load_model(name + ".tflite"); }

const std::array kBadFiles{
    BadFile{"absent_data", "node 0 'c': error: input 0 is absent"},
    BadFile{"asymmetric_weights", "conv2d 'y': error: R13: weights have zero point 5, must have 0"},
    BadFile{"bias_length", "node 0 'c': error: the bias has shape 2, but there are 3 output channels"},
    BadFile{"buffer_index", "tensor 1 'w': error: buffer 1000 does not exist (the file has 5)"},
    BadFile{"buffer_outside", "tensor 1 'w': error: buffer 1 lies outside the flatbuffer, which is not supported"},
    BadFile{"buffer_size", "tensor 1 'w': error: 215 bytes of data for a tensor f32 of 3x3x3x2, which takes 216"},
    BadFile{"custom_operator", "node 1 'flat': error: custom operator 'My\\x1bOp' is not supported"},
    BadFile{"cycle", "node 0 'c': error: tensor 7 'y' is read before any operator produces it"},
    BadFile{"damaged_metadata", "metadata 'TFLITE_METADATA': error: the entry is damaged"},
    BadFile{"damaged_record", "netfit.preprocessing: error: the record is not a JSON array"},
    BadFile{"declared_shape", "node 0 'c': error: the result is declared 1x4x4x4, but is 1x4x4x3"},
    BadFile{"declared_type", "node 0 'c': error: the result is declared i32, but is f32"},
    BadFile{"dynamic_height", "tensor 0 'x': error: dimension 1 is dynamic (allowed: the batch only)"},
    BadFile{"empty", "error: the file has 0 bytes, too few for a header"},
    BadFile{"empty_input", "node 0 'c': error: a window that reaches over 3 pixels does not fit into 2"},
    BadFile{"fixed_batch", "tensor 0 'x': error: the batch is fixed to 4 (allowed: 1, or dynamic)"},
    BadFile{"float_bias", "node 0 'y': error: the bias has type f32, data of type i8 needs i32"},
    BadFile{"foreign_record",
            "netfit.preprocessing: error: the record names an input 'other', which the file does not have"},
    BadFile{"fused_tanh",
            "node 0 'c': error: fused activation TANH is not supported (allowed: NONE, RELU, RELU6, RELU_N1_TO_1)"},
    BadFile{"half_activation", "node 0 'c': error: conv2d does not compute in f16 (allowed: f32, i8, i16, u8)"},
    BadFile{"huge_dimensions",
            "tensor 0 'x': error: shape 1x2147483647x2147483647x2 has more than 2147483648 elements"},
    BadFile{"hybrid_bias", "node 0 'y': error: the bias has type i32, data of type f32 needs f32"},
    BadFile{"hybrid_int16",
            "node 0 'y': error: INT16 weights under FLOAT32 activations are not supported (allowed: FLOAT32, INT8)"},
    BadFile{"hybrid_symmetric",
            "node 2 'y': error: INT8 weights under activations that are quantized symmetrically are not supported"},
    BadFile{"hybrid_zero_point", "conv2d 'y': error: R13: weights have zero point 5, must have 0"},
    BadFile{"identifier", "error: the file identifier is 'UFL3' (allowed: 'TFL3')"},
    BadFile{"input_index", "inputs: error: tensor -2 does not exist (the file has 8)"},
    BadFile{"input_twice", "tensor 0 'x': error: the tensor is an input twice"},
    BadFile{"legacy_uint8", "node 0 'y': error: arithmetic in UINT8 is not supported (allowed: FLOAT32, INT8, INT16)"},
    BadFile{"metadata_buffer", "metadata 'netfit.preprocessing': error: buffer 77 does not exist (the file has 6)"},
    BadFile{"missing_options", "node 0 'c': error: has options NONE, needs Conv2DOptions"},
    BadFile{"missing_weights", "node 0 'c': error: tensor 1 'w' is read before any operator produces it"},
    BadFile{"nan_scale", "tensor 1 'w': error: quantization scale nan is not positive and finite"},
    BadFile{"negative_dilation", "node 0 'c': error: window, stride or dilation -2x1 is below 1"},
    BadFile{"negative_dimension", "tensor 1 'w': error: dimension -3 is negative"},
    BadFile{"negative_scale", "tensor 0 'x': error: quantization scale -0.5 is not positive and finite"},
    BadFile{"no_outputs", "error: the file has no outputs"},
    BadFile{"no_result", "node 0 '': error: has 0 results (allowed: 1)"},
    BadFile{"no_scale", "value 'x': error: R8: i8 needs quantization parameters"},
    BadFile{"no_subgraph", "error: the file has 0 subgraphs (allowed: 1, without control flow)"},
    BadFile{"opcode_index", "node 1 'flat': error: operator code 50 does not exist (the file has 3)"},
    BadFile{"output_index", "outputs: error: tensor 99 does not exist (the file has 8)"},
    BadFile{"produced_twice",
            "node 3 'y': error: tensor 7 'y' is an input or constant, or the result of another operator"},
    BadFile{"quantized_dimension", "tensor 1 'w': error: there are 3 scales along dimension 7 of shape 3x3x3x2"},
    BadFile{"rank_nine", "tensor 0 'x': error: rank 9 is above the limit of 8"},
    BadFile{"reshape_count", "node 1 'flat': error: 1x4x4x3 cannot become 1x47 with one dimension open"},
    BadFile{"reshape_type", "node 1 'flat': error: the new shape has type f32 (allowed: i32, i64)"},
    BadFile{"root_offset", "error: the file is damaged: a table in its 2072 bytes is cut off or points outside"},
    BadFile{"scale_count", "tensor 1 'w': error: there are 2 scales along dimension 0 of shape 3x3x3x2"},
    BadFile{"short", "error: the file has 7 bytes, too few for a header"},
    BadFile{"shuffled_weights", "node 2 'y': error: shuffled weights are not supported"},
    BadFile{"sliced_activation",
            "node 1 'flat': error: the sliced tensor (slices of activations are not supported) is not a constant"},
    BadFile{"sparse_tensor", "tensor 1 'w': error: sparse tensors are not supported"},
    BadFile{"string_tensor", "tensor 0 'x': error: type STRING is not supported"},
    BadFile{"tensor_index", "node 0 'c': error: tensor 99 does not exist (the file has 8)"},
    BadFile{"truncated_half", "error: the file is damaged: a table in its 1036 bytes is cut off or points outside"},
    BadFile{"truncated_quarter", "error: the file is damaged: a table in its 518 bytes is cut off or points outside"},
    BadFile{"truncated_tail", "error: the file is damaged: a table in its 2069 bytes is cut off or points outside"},
    BadFile{"two_subgraphs", "error: the file has 2 subgraphs (allowed: 1, without control flow)"},
    BadFile{"unknown_operator", "node 1 'flat': error: operator 9999 is not supported"},
    BadFile{"unknown_padding", "node 0 'c': error: padding 5 is unknown (allowed: SAME, VALID)"},
    BadFile{"unknown_type", "tensor 0 'x': error: type 77 is not supported"},
    BadFile{"variable_tensor", "tensor 1 'w': error: variable tensors are not supported"},
    BadFile{"version", "error: the schema version is 2 (allowed: 3)"},
    BadFile{"weights_rank", "node 0 'c': error: the weights have shape 3x9x2, need rank 4"},
    BadFile{"wrong_channel_axis",
            "conv2d 'y': error: R13: weights are quantized along axis 1, not along output channels, axis 0"},
    BadFile{"wrong_options", "node 0 'c': error: has options Pool2DOptions, needs Conv2DOptions"},
    BadFile{"wrong_order", "node 0 'y': error: tensor 5 'flat' is read before any operator produces it"},
    BadFile{"zero_point_count", "tensor 1 'w': error: there are 3 scales and 1 zero points"},
    BadFile{"zero_point_range", "tensor 0 'x': error: zero point 300 is not in [-128, 127]"},
    BadFile{"zero_stride", "node 0 'c': error: window, stride or dilation 1x0 is below 1"},
};

class BadTfliteFile : public testing::TestWithParam<BadFile> {};

TEST_P(BadTfliteFile, GivesOneLocatedMessage) {
  expect_refused(read(load(std::string("bad_") + GetParam().name)), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(, BadTfliteFile, testing::ValuesIn(kBadFiles), &name_of);

TEST(BadTfliteFiles, EveryOneInTheFolderHasItsMessage) {
  // One more: several faults in one file are a test of their own.
  EXPECT_EQ(count_bad_files(".tflite"), kBadFiles.size() + 1);
}

TEST(BadTfliteFiles, ListEveryUnsupportedOperatorAtOnce) {
  const Result<ir::Graph> graph = read(load("bad_three_unsupported"));
  ASSERT_FALSE(graph);
  EXPECT_EQ(graph.error().text(),
            "node 0 'c': error: operator TANH is not supported\n"
            "node 1 'flat': error: operator WHILE is not supported\n"
            "node 2 'y': error: operator GATHER is not supported");
}

class SpoiledTfliteFile : public testing::TestWithParam<const char*> {};

TEST_P(SpoiledTfliteFile, IsRefusedAtEveryLength) {
  const base::Bytes whole = load(GetParam());
  ASSERT_TRUE(read(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const base::Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const Result<ir::Graph> graph = read(part);
    // The last bytes may be a tail that only fills up to the alignment.
    EXPECT_TRUE(!graph || length + 4 > whole.size()) << length;
  }
}

// Deterministic, and good enough to choose bytes.
std::uint32_t next_random(std::uint32_t& state) {
  state = state * 1664525U + 1013904223U;
  return state >> 8;
}

TEST_P(SpoiledTfliteFile, NeverCrashesWithFlippedBytes) {
  const base::Bytes whole = load(GetParam());
  std::uint32_t state = 1;
  std::int64_t refused = 0;
  for (int round = 0; round < 4000; ++round) {
    base::Bytes spoiled = whole;
    for (std::uint32_t flips = 1 + next_random(state) % 3; flips > 0; --flips) {
      spoiled[next_random(state) % spoiled.size()] ^= static_cast<std::byte>(1U << next_random(state) % 8);
    }
    refused += read(spoiled) ? 0 : 1;
  }
  // Many flips change a weight or a name and do no harm; most of the others must be noticed.
  EXPECT_GT(refused, 500);
}

TEST_P(SpoiledTfliteFile, IsReadFromAnyAddress) {
  base::Bytes shifted = load(GetParam());
  shifted.insert(shifted.begin(), std::byte{0});
  EXPECT_TRUE(read(std::span<const std::byte>(shifted).subspan(1)));
}

INSTANTIATE_TEST_SUITE_P(, SpoiledTfliteFile, testing::Values("small_float", "small_int8"));

}  // namespace
}  // namespace netfit::formats::tflite
