// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/tensor_types.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

#include "formats/tflite/model_file.h"

namespace netfit::formats::tflite {
namespace {

struct TypePair {
  schema::TensorType file;
  DType ours;
};

// Boolean tensors are left out: no operator that we support takes them.
constexpr std::array kTypes{
    TypePair{schema::TensorType::FLOAT16, DType::Float16}, TypePair{schema::TensorType::FLOAT32, DType::Float32},
    TypePair{schema::TensorType::INT16, DType::Int16},     TypePair{schema::TensorType::INT32, DType::Int32},
    TypePair{schema::TensorType::INT4, DType::Int4},       TypePair{schema::TensorType::INT64, DType::Int64},
    TypePair{schema::TensorType::INT8, DType::Int8},       TypePair{schema::TensorType::UINT8, DType::UInt8},
};

// Only the length of a vector is sure to be aligned; reading a misaligned int64 in place would be undefined.
std::int64_t element(const flatbuffers::Vector<std::int64_t>& vector, std::size_t i) {
  std::int64_t value = 0;
  std::memcpy(&value, vector.Data() + i * sizeof(value), sizeof(value));
  return value;
}

Result<void> check_pair(float scale, std::int64_t zero_point, DType dtype) {
  if (!std::isfinite(scale) || scale <= 0) {
    return bad_input(fmt::format("quantization scale {} is not positive and finite", scale));
  }
  const std::int64_t least = std::max(tensor::lowest(dtype), std::int64_t{INT32_MIN});
  const std::int64_t most = std::min(tensor::highest(dtype), std::int64_t{INT32_MAX});
  if (zero_point < least || zero_point > most) {
    return bad_input(fmt::format("zero point {} is not in [{}, {}]", zero_point, least, most));
  }
  return {};
}

}  // namespace

Result<DType> read_dtype(schema::TensorType type) {
  for (const TypePair& pair : kTypes) {
    if (pair.file == type) return pair.ours;
  }
  const std::string_view name = schema::EnumNameTensorType(type);
  return bad_input(
      fmt::format("type {} is not supported", name.empty() ? std::to_string(static_cast<int>(type)) : name));
}

schema::TensorType write_dtype(DType dtype) {
  for (const TypePair& pair : kTypes) {
    if (pair.ours == dtype) return pair.file;
  }
  return schema::TensorType::BOOL;
}

Result<std::optional<QuantParams>> read_quant(const schema::QuantizationParameters* params, DType dtype,
                                              const Shape& shape) {
  // Float tensors carry the range that a converter saw, which means nothing to us.
  if (params == nullptr || !tensor::is_integer(dtype)) return std::nullopt;
  if (params->details_type() != schema::QuantizationDetails::NONE) {
    return bad_input("custom or blockwise quantization is not supported");
  }
  const std::span<const float> scales = elements(params->scale());
  if (scales.empty()) return std::nullopt;
  const auto* zero_points = params->zero_point();
  if (size(zero_points) != scales.size()) {
    return bad_input(fmt::format("there are {} scales and {} zero points", scales.size(), size(zero_points)));
  }
  const std::int32_t axis = params->quantized_dimension();
  if (scales.size() > 1 && (axis < 0 || axis >= shape.rank() || shape[axis] != std::ssize(scales))) {
    return bad_input(
        fmt::format("there are {} scales along dimension {} of shape {}", scales.size(), axis, to_string(shape)));
  }
  QuantParams quant;
  if (scales.size() > 1) quant.axis = axis;
  for (std::size_t i = 0; i < scales.size(); ++i) {
    const std::int64_t zero_point = element(*zero_points, i);
    NETFIT_TRY(check_pair(scales[i], zero_point, dtype));
    quant.scales.push_back(scales[i]);
    quant.zero_points.push_back(static_cast<std::int32_t>(zero_point));
  }
  return quant;
}

Result<ir::Activation> read_activation(schema::ActivationFunctionType type) {
  switch (type) {
    case schema::ActivationFunctionType::NONE:
      return ir::Activation::None;
    case schema::ActivationFunctionType::RELU:
      return ir::Activation::Relu;
    case schema::ActivationFunctionType::RELU6:
      return ir::Activation::Relu6;
    case schema::ActivationFunctionType::RELU_N1_TO_1:
      return ir::Activation::ReluN1To1;
    default:
      break;
  }
  const std::string_view name = schema::EnumNameActivationFunctionType(type);
  return bad_input(fmt::format("fused activation {} is not supported (allowed: NONE, RELU, RELU6, RELU_N1_TO_1)",
                               name.empty() ? std::to_string(static_cast<int>(type)) : name));
}

schema::ActivationFunctionType write_activation(ir::Activation activation) {
  switch (activation) {
    case ir::Activation::None:
      break;
    case ir::Activation::Relu:
      return schema::ActivationFunctionType::RELU;
    case ir::Activation::Relu6:
      return schema::ActivationFunctionType::RELU6;
    case ir::Activation::ReluN1To1:
      return schema::ActivationFunctionType::RELU_N1_TO_1;
  }
  return schema::ActivationFunctionType::NONE;
}

SamePadding same_padding(std::int64_t in, std::int64_t window, std::int64_t stride, std::int64_t dilation) {
  const std::int64_t out = (in + stride - 1) / stride;
  const std::int64_t reach = (window - 1) * dilation + 1;
  const std::int64_t total = std::max<std::int64_t>((out - 1) * stride + reach - in, 0);
  return {total / 2, total - total / 2};
}

ir::Padding2d same_padding(const Shape& image, const ir::Extent2d& window, const ir::Extent2d& stride,
                           const ir::Extent2d& dilation) {
  const SamePadding rows = same_padding(image[1], window.height, stride.height, dilation.height);
  const SamePadding columns = same_padding(image[2], window.width, stride.width, dilation.width);
  return {.top = rows.before, .bottom = rows.after, .left = columns.before, .right = columns.after};
}

}  // namespace netfit::formats::tflite
