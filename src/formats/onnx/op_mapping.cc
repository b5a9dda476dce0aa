// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/op_mapping.h"

#include <array>

#include "formats/onnx/op_readers.h"

namespace netfit::formats::onnx {
namespace {

// Sorted by name, one line each.
constexpr std::array kMappings{
    OpMapping{"Add", &read_add, &fold_add},
    OpMapping{"AveragePool", &read_average_pool},
    OpMapping{"BatchNormalization", &read_batch_normalization},
    OpMapping{"Cast", &read_cast, &fold_cast},
    OpMapping{"Clip", &read_clip},
    OpMapping{"Concat", &read_concat, &fold_concat},
    OpMapping{"Constant", nullptr, &fold_constant},
    OpMapping{"ConstantOfShape", nullptr, &fold_constant_of_shape},
    OpMapping{"Conv", &read_conv},
    OpMapping{"DequantizeLinear", &read_dequantize_linear, &fold_dequantize_linear},
    OpMapping{"Div", &read_div, &fold_div},
    OpMapping{"Dropout", &read_dropout},
    OpMapping{"Flatten", &read_flatten},
    OpMapping{"Gather", nullptr, &fold_gather},
    OpMapping{"Gemm", &read_gemm},
    OpMapping{"GlobalAveragePool", &read_global_average_pool},
    OpMapping{"GlobalMaxPool", &read_global_max_pool},
    OpMapping{"HardSigmoid", &read_hard_sigmoid},
    OpMapping{"HardSwish", &read_hard_swish},
    OpMapping{"Identity", &read_identity, &fold_identity},
    OpMapping{"LeakyRelu", &read_leaky_relu},
    OpMapping{"MatMul", &read_mat_mul},
    OpMapping{"MaxPool", &read_max_pool},
    OpMapping{"Mul", &read_mul, &fold_mul},
    OpMapping{"Pad", &read_pad},
    OpMapping{"QuantizeLinear", &read_quantize_linear, &fold_quantize_linear},
    OpMapping{"Range", nullptr, &fold_range},
    OpMapping{"ReduceMean", &read_reduce_mean},
    OpMapping{"Relu", &read_relu},
    OpMapping{"Reshape", &read_reshape, &fold_reshape},
    OpMapping{"Shape", &read_shape},
    OpMapping{"Sigmoid", &read_sigmoid},
    OpMapping{"Slice", nullptr, &fold_slice},
    OpMapping{"Softmax", &read_softmax},
    OpMapping{"Squeeze", &read_squeeze, &fold_squeeze},
    OpMapping{"Sub", &read_sub, &fold_sub},
    OpMapping{"Transpose", &read_transpose, &fold_transpose},
    OpMapping{"Unsqueeze", &read_unsqueeze, &fold_unsqueeze},
};

}  // namespace

const OpMapping* find_mapping(std::string_view op_type) {
  for (const OpMapping& mapping : kMappings) {
    if (mapping.op_type == op_type) return &mapping;
  }
  return nullptr;
}

}  // namespace netfit::formats::onnx
