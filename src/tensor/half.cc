// SPDX-License-Identifier: Apache-2.0
#include "tensor/half.h"

#include <bit>
#include <cmath>

namespace netfit::tensor {
namespace {

constexpr float kSmallestNormalHalf = 6.103515625e-05F;  // 2^-14

}  // namespace

float to_float(Half half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half.bits & 0x8000U) << 16;
  const std::uint32_t exponent = (half.bits >> 10) & 0x1fU;
  const std::uint32_t mantissa = half.bits & 0x3ffU;
  if (exponent == 0x1f) return std::bit_cast<float>(sign | 0x7f800000U | (mantissa << 13));
  if (exponent != 0) return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
  const float magnitude = std::ldexp(static_cast<float>(mantissa), -24);
  return sign != 0 ? -magnitude : magnitude;
}

Half to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7fffffffU;
  if (magnitude > 0x7f800000U) {
    // Not a number: keeps what fits of its payload, and stays one if nothing fits.
    const std::uint32_t payload = (magnitude >> 13) & 0x3ffU;
    return {static_cast<std::uint16_t>(sign | 0x7c00U | (payload != 0 ? payload : 0x200U))};
  }
  if (magnitude >= 0x47800000U) return {static_cast<std::uint16_t>(sign | 0x7c00U)};  // 2^16 and above
  if (std::fabs(value) < kSmallestNormalHalf) {
    // Subnormal: a multiple of 2^-24; nearbyint rounds ties to even.
    const auto steps = static_cast<std::uint16_t>(std::nearbyint(std::ldexp(std::fabs(value), 24)));
    return {static_cast<std::uint16_t>(sign | steps)};
  }
  // Adding just under half a step of the kept mantissa, plus its lowest kept bit, rounds to even; a carry into the
  // exponent is right, up to infinity.
  const std::uint32_t rounded = magnitude + 0xfffU + ((magnitude >> 13) & 1U);
  return {static_cast<std::uint16_t>(sign | ((rounded - (112U << 23)) >> 13))};
}

}  // namespace netfit::tensor
