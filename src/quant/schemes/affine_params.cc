// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/affine_params.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "tensor/fixed_point.h"

namespace netfit::quant {
namespace {

// A value that is always zero: any scale represents it, and a moderate one keeps multipliers representable.
constexpr double kNoWidth = 1e-9;

template <typename T>
void quantize_elements(const Tensor& reals, const QuantParams& params, Tensor& result) {
  const auto low = static_cast<std::int32_t>(tensor::lowest(result.dtype()));
  const auto high = static_cast<std::int32_t>(tensor::highest(result.dtype()));
  std::ranges::transform(reals.data<float>(), result.mutable_data<T>().begin(), [&](float real) {
    return static_cast<T>(tensor::quantize(real, params.scale(), params.zero_point(), low, high));
  });
}

}  // namespace

QuantParams asymmetric_params(Range range) {
  const double low = std::min(0.0, static_cast<double>(range.low));
  double high = std::max(0.0, static_cast<double>(range.high));
  if (high - low < kNoWidth) high = low + 1;
  const double scale = (high - low) / 255;
  const double zero_point = std::clamp(std::round(-128 - low / scale), -128.0, 127.0);
  return QuantParams::per_tensor(static_cast<float>(scale), static_cast<std::int32_t>(zero_point));
}

QuantParams symmetric_params(Range range) {
  const double largest =
      std::max(std::fabs(static_cast<double>(range.low)), std::fabs(static_cast<double>(range.high)));
  return QuantParams::per_tensor(static_cast<float>((largest < kNoWidth ? 1 : largest) / 32767), 0);
}

QuantParams as_unsigned(QuantParams int8_params) {
  for (std::int32_t& zero_point : int8_params.zero_points) zero_point += 128;
  return int8_params;
}

Tensor quantize_tensor(const Tensor& reals, const QuantParams& params, DType dtype) {
  NETFIT_CHECK(dtype == DType::Int8 || dtype == DType::Int16);
  Tensor result(dtype, reals.shape());
  if (dtype == DType::Int8) {
    quantize_elements<std::int8_t>(reals, params, result);
  } else {
    quantize_elements<std::int16_t>(reals, params, result);
  }
  return result;
}

Range join(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Range range_of(std::span<const float> elements) {
  if (elements.empty()) return {};
  const auto [low, high] = std::ranges::minmax(elements);
  return {low, high};
}

}  // namespace netfit::quant
