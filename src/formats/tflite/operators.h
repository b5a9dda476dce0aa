// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "formats/tflite/op_reader.h"

// How each operator of the file becomes nodes.
namespace netfit::formats::tflite {

// read_windowed.cc: operators with weights or windows.
Result<void> read_conv(OpReader& reader);
Result<void> read_depthwise_conv(OpReader& reader);
Result<void> read_fully_connected(OpReader& reader);
Result<void> read_average_pool(OpReader& reader);
Result<void> read_max_pool(OpReader& reader);

// read_elementwise.cc: arithmetic, activations, precision.
Result<void> read_add(OpReader& reader);
Result<void> read_sub(OpReader& reader);
Result<void> read_mul(OpReader& reader);
Result<void> read_div(OpReader& reader);
Result<void> read_relu(OpReader& reader);
Result<void> read_relu6(OpReader& reader);
Result<void> read_relu_n1_to_1(OpReader& reader);
Result<void> read_hard_swish(OpReader& reader);
Result<void> read_leaky_relu(OpReader& reader);
Result<void> read_logistic(OpReader& reader);
Result<void> read_softmax(OpReader& reader);
Result<void> read_quantize(OpReader& reader);
Result<void> read_dequantize(OpReader& reader);

// read_shapes.cc: operators that move elements, and means.
Result<void> read_concatenation(OpReader& reader);
Result<void> read_pad(OpReader& reader);
Result<void> read_pad_v2(OpReader& reader);
Result<void> read_reshape(OpReader& reader);
Result<void> read_squeeze(OpReader& reader);
Result<void> read_expand_dims(OpReader& reader);
Result<void> read_transpose(OpReader& reader);
Result<void> read_mean(OpReader& reader);

// fold_shapes.cc: arithmetic on shapes, which leaves no node.
Result<void> fold_shape(OpReader& reader);
Result<void> fold_strided_slice(OpReader& reader);
Result<void> fold_pack(OpReader& reader);
Result<void> fold_concatenation(OpReader& reader);

/// Everything about the file's operators that we cannot read, each with its place: unknown and custom operators, types
/// and fused activations that no node has.
Result<void> check_operators(const ModelFile& file);

/// Turns all operators into nodes, in order.
Result<void> read_operators(Import& import);

}  // namespace netfit::formats::tflite
