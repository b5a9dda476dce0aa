// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/onnx/node_reader.h"

// One function for each operator of the format; op_mapping.cc says which. Each checks what it reads and says why it
// cannot read a node; the caller adds which node it is.
namespace netfit::formats::onnx {

Result<void> read_add(NodeReader& node);
Result<void> read_average_pool(NodeReader& node);
Result<void> read_batch_normalization(NodeReader& node);
Result<void> read_cast(NodeReader& node);
Result<void> read_clip(NodeReader& node);
Result<void> read_concat(NodeReader& node);
Result<void> read_conv(NodeReader& node);
Result<void> read_dequantize_linear(NodeReader& node);
Result<void> read_div(NodeReader& node);
Result<void> read_dropout(NodeReader& node);
Result<void> read_flatten(NodeReader& node);
Result<void> read_gemm(NodeReader& node);
Result<void> read_global_average_pool(NodeReader& node);
Result<void> read_global_max_pool(NodeReader& node);
Result<void> read_hard_sigmoid(NodeReader& node);
Result<void> read_hard_swish(NodeReader& node);
Result<void> read_identity(NodeReader& node);
Result<void> read_leaky_relu(NodeReader& node);
Result<void> read_mat_mul(NodeReader& node);
Result<void> read_max_pool(NodeReader& node);
Result<void> read_mul(NodeReader& node);
Result<void> read_pad(NodeReader& node);
Result<void> read_quantize_linear(NodeReader& node);
Result<void> read_reduce_mean(NodeReader& node);
Result<void> read_relu(NodeReader& node);
Result<void> read_reshape(NodeReader& node);
Result<void> read_shape(NodeReader& node);
Result<void> read_sigmoid(NodeReader& node);
Result<void> read_softmax(NodeReader& node);
Result<void> read_squeeze(NodeReader& node);
Result<void> read_sub(NodeReader& node);
Result<void> read_transpose(NodeReader& node);
Result<void> read_unsqueeze(NodeReader& node);

// The same on constants alone: the result is a constant.
Result<Constant> fold_add(NodeReader& node);
Result<Constant> fold_cast(NodeReader& node);
Result<Constant> fold_concat(NodeReader& node);
Result<Constant> fold_constant(NodeReader& node);
Result<Constant> fold_constant_of_shape(NodeReader& node);
Result<Constant> fold_dequantize_linear(NodeReader& node);
Result<Constant> fold_div(NodeReader& node);
Result<Constant> fold_gather(NodeReader& node);
Result<Constant> fold_identity(NodeReader& node);
Result<Constant> fold_mul(NodeReader& node);
Result<Constant> fold_quantize_linear(NodeReader& node);
Result<Constant> fold_range(NodeReader& node);
Result<Constant> fold_reshape(NodeReader& node);
Result<Constant> fold_slice(NodeReader& node);
Result<Constant> fold_squeeze(NodeReader& node);
Result<Constant> fold_sub(NodeReader& node);
Result<Constant> fold_transpose(NodeReader& node);
Result<Constant> fold_unsqueeze(NodeReader& node);

}  // namespace netfit::formats::onnx
