// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/quantized_parameters.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace netfit::formats::onnx {
namespace {

// In units of the products: one scale per output channel, or one if the weights have one.
QuantParams product_params(const QuantParams& data, const QuantParams& weights) {
  QuantParams product = weights;
  for (float& scale : product.scales) scale *= data.scale();
  if (product.is_per_channel()) product.axis = 0;
  return product;
}

bool same_unit(const QuantParams& bias, const QuantParams& product, std::int64_t channels) {
  constexpr float kTolerance = 1e-5F;  // files write the product rounded
  for (std::int64_t c = 0; c < channels; ++c) {
    if (bias.zero_point(c) != 0) return false;
    if (!(std::fabs(bias.scale(c) - product.scale(c)) <= kTolerance * product.scale(c))) return false;
  }
  return true;
}

std::int32_t quantize_bias(float real, float scale) {
  constexpr double kLow = std::numeric_limits<std::int32_t>::min();
  constexpr double kHigh = std::numeric_limits<std::int32_t>::max();
  const double scaled = std::round(static_cast<double>(real) / static_cast<double>(scale));
  return std::isnan(scaled) ? 0 : static_cast<std::int32_t>(std::clamp(scaled, kLow, kHigh));
}

}  // namespace

Result<void> check_quantized_weights(const QuantizedTensor& weights) {
  if (weights.integers.dtype() != DType::Int8) {
    return bad_input(fmt::format("weights of type {} are not supported in an integer node (allowed: i8, u8)",
                                 name(weights.integers.dtype())));
  }
  const auto& zeros = weights.quant.zero_points;
  const auto asymmetric = std::ranges::find_if(zeros, [](std::int32_t zero) { return zero != 0; });
  if (asymmetric == zeros.end()) return {};
  return bad_input(
      fmt::format("weights with zero point {} are not supported in an integer node (allowed: 0 for int8, "
                  "128 for uint8)",
                  *asymmetric));
}

QuantizedTensor quantized_bias(const ir::Value& bias, const QuantizedTensor* source, const QuantParams& data,
                               const QuantParams& weights) {
  QuantParams product = product_params(data, weights);
  const Tensor& reals = *bias.constant;
  const std::int64_t channels = reals.element_count();
  if (source != nullptr && source->integers.dtype() == DType::Int32 && same_unit(source->quant, product, channels)) {
    return *source;
  }
  Tensor integers(DType::Int32, reals.shape());
  const std::span<std::int32_t> out = integers.mutable_data<std::int32_t>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = quantize_bias(reals.data<float>()[i], product.scale(static_cast<std::int64_t>(i)));
  }
  return {std::move(integers), std::move(product), bias.name};
}

QuantizedTensor as_int64(QuantizedTensor bias) {
  bias.integers = Tensor::from(bias.integers.shape(), tensor::to_int64s(bias.integers));
  return bias;
}

}  // namespace netfit::formats::onnx
