// SPDX-License-Identifier: Apache-2.0
#include "exec/quantized.h"

#include <algorithm>
#include <cmath>

namespace netfit::exec {

std::optional<ByteQuant> byte_quant(const ir::Value& value, ByteStorage storage) {
  const bool is_byte = value.dtype == DType::Int8 || value.dtype == DType::UInt8;
  if (!is_byte || !value.quant || value.quant->is_per_channel()) return std::nullopt;
  ByteQuant quant{.scale = value.quant->scale(), .zero_point = value.quant->zero_point()};
  if (value.dtype == DType::Int8 && storage == ByteStorage::AsIs) {
    quant.low = -128;
    quant.high = 127;
    return quant;
  }
  if (value.dtype == DType::Int8) quant.zero_point += 128;
  quant.low = 0;
  quant.high = 255;
  quant.is_unsigned = true;
  return quant;
}

ByteRange clamped_range(const ByteQuant& quant, ir::Activation activation) {
  const ir::ActivationRange real = ir::range_of(activation);
  const auto step = [&](float limit) {
    const float scaled = limit / quant.scale + static_cast<float>(quant.zero_point);
    const float inside = std::clamp(scaled, static_cast<float>(quant.low), static_cast<float>(quant.high));
    return static_cast<std::int32_t>(std::lrintf(inside));
  };
  return {step(real.low), step(real.high)};
}

std::optional<std::vector<float>> weight_scales(const ir::Value& weights, std::int64_t channels) {
  if (!weights.quant) return std::nullopt;
  const QuantParams& quant = *weights.quant;
  if (std::ranges::any_of(quant.zero_points, [](std::int32_t zero) { return zero != 0; })) return std::nullopt;
  if (!quant.is_per_channel()) return std::vector<float>(static_cast<std::size_t>(channels), quant.scale());
  if (std::ssize(quant.scales) != channels) return std::nullopt;
  return quant.scales;
}

std::vector<float> output_scales(float input, const std::vector<float>& weights, float output) {
  std::vector<float> scales;
  for (const float weight : weights) scales.push_back(input * weight / output);
  return scales;
}

}  // namespace netfit::exec
