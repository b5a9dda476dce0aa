// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace netfit::tensor {

// The rounding rules of TFLite's reference kernels ("tflite-reference", docs/quantization.md), which rounds twice: once
// in the doubling multiplication, once in the shift.

/// A real multiplier as mantissa * 2^(shift - 31), mantissa in [2^30, 2^31) or 0.
struct FixedMultiplier {
  std::int32_t mantissa = 0;
  int shift = 0;
};

/// (q, e) = frexp(real); mantissa = round(q * 2^31). Below 2^-32 it becomes zero; above 2^30 it saturates, so that
/// no shift is out of range whatever scales a file has.
FixedMultiplier to_fixed_multiplier(double real);

/// Saturating rounding doubling high multiplication: nearest of a*b / 2^31, ties away from zero for positive products
/// and up for negative ones.
inline std::int32_t multiply_high(std::int32_t a, std::int32_t b) {
  if (a == b && a == std::numeric_limits<std::int32_t>::min()) return std::numeric_limits<std::int32_t>::max();
  const std::int64_t product = static_cast<std::int64_t>(a) * b;
  const std::int64_t nudge = product >= 0 ? (std::int64_t{1} << 30) : 1 - (std::int64_t{1} << 30);
  return static_cast<std::int32_t>((product + nudge) / (std::int64_t{1} << 31));
}

/// Nearest of x / 2^exponent, ties away from zero; exponent in [0, 31].
inline std::int32_t divide_by_power_of_two(std::int32_t x, int exponent) {
  const auto mask = static_cast<std::int32_t>((std::int64_t{1} << exponent) - 1);
  const std::int32_t remainder = x & mask;
  const std::int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
  return (x >> exponent) + (remainder > threshold ? 1 : 0);
}

/// x * multiplier, rounded twice. The left shift wraps like the reference kernel's.
inline std::int32_t multiply(std::int32_t x, FixedMultiplier multiplier) {
  const int left = std::max(multiplier.shift, 0);
  const int right = std::max(-multiplier.shift, 0);
  const auto shifted = static_cast<std::int32_t>(static_cast<std::uint32_t>(x) << left);
  return divide_by_power_of_two(multiply_high(shifted, multiplier.mantissa), right);
}

/// The rule of 16-bit activations: a 16-bit mantissa, one rounding. Right for |x| < 2^47 and multipliers below 2^14;
/// beyond that the result means nothing, but is the same on every machine.
inline std::int32_t multiply(std::int64_t x, FixedMultiplier multiplier) {
  const std::int32_t mantissa = multiplier.mantissa < 0x7fff0000 ? (multiplier.mantissa + (1 << 15)) >> 16 : 0x7fff;
  const int right = std::max(15 - multiplier.shift, 1);
  const std::uint64_t product = static_cast<std::uint64_t>(x) * static_cast<std::uint64_t>(std::int64_t{mantissa});
  return static_cast<std::int32_t>(static_cast<std::int64_t>(product + (std::uint64_t{1} << (right - 1))) >> right);
}

/// round_half_away(real / scale) + zero_point, clamped to [low, high]; a NaN becomes the zero point.
inline std::int32_t quantize(float real, float scale, std::int32_t zero_point, std::int32_t low, std::int32_t high) {
  const float scaled = std::round(real / scale);
  if (std::isnan(scaled)) return std::clamp(zero_point, low, high);
  const double shifted = static_cast<double>(scaled) + zero_point;
  return static_cast<std::int32_t>(std::clamp(shifted, static_cast<double>(low), static_cast<double>(high)));
}

}  // namespace netfit::tensor
