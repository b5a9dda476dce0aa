// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/affine_params.h"

#include <algorithm>
#include <cmath>

#include "tensor/fixed_point.h"

namespace netfit::quant {

QuantParams asymmetric_params(Range range) {
  const double low = std::min(0.0, static_cast<double>(range.low));
  double high = std::max(0.0, static_cast<double>(range.high));
  // A value that is always zero: any scale represents it, and a moderate one keeps multipliers representable.
  constexpr double kNoWidth = 1e-9;
  if (high - low < kNoWidth) high = low + 1;
  const double scale = (high - low) / 255;
  const double zero_point = std::clamp(std::round(-128 - low / scale), -128.0, 127.0);
  return QuantParams::per_tensor(static_cast<float>(scale), static_cast<std::int32_t>(zero_point));
}

QuantParams as_unsigned(QuantParams int8_params) {
  for (std::int32_t& zero_point : int8_params.zero_points) zero_point += 128;
  return int8_params;
}

Tensor quantize_int8_tensor(const Tensor& reals, const QuantParams& params) {
  Tensor result(DType::Int8, reals.shape());
  const auto quantize = [&](float real) {
    return static_cast<std::int8_t>(tensor::quantize(real, params.scale(), params.zero_point(), -128, 127));
  };
  std::ranges::transform(reals.data<float>(), result.mutable_data<std::int8_t>().begin(), quantize);
  return result;
}

Range join(Range a, Range b) { return {std::min(a.low, b.low), std::max(a.high, b.high)}; }

Range range_of(std::span<const float> elements) {
  if (elements.empty()) return {};
  const auto [low, high] = std::ranges::minmax(elements);
  return {low, high};
}

}  // namespace netfit::quant
