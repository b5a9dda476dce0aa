// SPDX-License-Identifier: Apache-2.0
#include "cost/typing.h"

namespace netfit::cost {
namespace {

constexpr std::int64_t kScaleBytes = 4;  // a float32 (TFLite) or a multiplier of 32 bits (CMSIS-NN, X-CUBE-AI)

// Indices and booleans stand for nothing but themselves.
bool stands_for_reals(const ir::Value& value) { return tensor::is_float(value.dtype) || value.quant.has_value(); }

bool is_bias(const ir::Value& value) { return value.is_constant() && value.shape.rank() <= 1; }

std::int64_t scale_count(const ir::Value& value, const Typing& typing) {
  if (value.quant && value.quant->is_per_channel()) return std::ssize(value.quant->scales);
  if (typing.as_type != DType::Int8 || !tensor::is_float(value.dtype) || is_bias(value)) return 0;
  // Output channels lie along the first axis, except in the weights of a depthwise convolution, [1,h,w,channels].
  return value.shape[0] == 1 ? value.shape.dim(-1) : value.shape[0];
}

}  // namespace

DType type_of(const ir::Value& value, const Typing& typing) {
  DType type = value.dtype;
  if (typing.as_type && stands_for_reals(value)) {
    type = *typing.as_type == DType::Int8 && is_bias(value) ? DType::Int32 : *typing.as_type;
  }
  return typing.float32_as_float16 && type == DType::Float32 ? DType::Float16 : type;
}

std::int64_t bytes_of(const ir::Value& value, const Typing& typing) {
  const std::int64_t scales = value.is_constant() ? scale_count(value, typing) : 0;
  return tensor::bytes_for(type_of(value, typing), value.shape.element_count()) + scales * kScaleBytes;
}

}  // namespace netfit::cost
