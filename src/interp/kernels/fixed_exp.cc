// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/fixed_exp.h"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "tensor/fixed_point.h"

namespace netfit::interp {
namespace {

using tensor::divide_by_power_of_two;
using tensor::multiply_high;

constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
constexpr std::int32_t kLeast = std::numeric_limits<std::int32_t>::min();

/// x * 2^bits, saturated.
std::int32_t shift_left(std::int32_t x, int bits) {
  const std::int64_t shifted = static_cast<std::int64_t>(x) * (std::int64_t{1} << bits);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(shifted, kLeast, kMost));
}

/// exp(x) in Q0.31 for x in [-1/4, 0) in Q0.31: the Taylor polynomial of degree 4 around -1/8.
std::int32_t exp_of_small(std::int32_t x) {
  constexpr std::int32_t kExpOfMinusEighth = 1895147668;
  constexpr std::int32_t kOneThird = 715827883;
  const std::int32_t y = x + (1 << 28);
  const std::int32_t y2 = multiply_high(y, y);
  const std::int32_t y3 = multiply_high(y2, y);
  const std::int32_t y4 = multiply_high(y2, y2);
  // y^4 / 24 + y^3 / 6 + y^2 / 2
  const std::int32_t higher =
      divide_by_power_of_two(multiply_high(divide_by_power_of_two(y4, 2) + y3, kOneThird) + y2, 1);
  return kExpOfMinusEighth + multiply_high(kExpOfMinusEighth, y + higher);
}

}  // namespace

std::int32_t exp_of_negative_q5_26(std::int32_t x) {
  constexpr int kFraction = 26;
  constexpr std::int32_t kQuarter = 1 << (kFraction - 2);
  // exp(-2^k) in Q0.31 for k = -2 ... 4.
  constexpr std::array<std::int32_t, 7> kPowers{1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  if (x == 0) return kMost;
  // x = small - rest with small in [-1/4, 0) and rest a sum of the powers of two above.
  const std::int32_t small = (x & (kQuarter - 1)) - kQuarter;
  std::int32_t result = exp_of_small(shift_left(small, 5));
  const auto rest = static_cast<std::uint32_t>(small) - static_cast<std::uint32_t>(x);
  for (std::size_t k = 0; k < kPowers.size(); ++k) {
    if ((rest >> (static_cast<std::size_t>(kFraction) - 2 + k) & 1U) != 0) result = multiply_high(result, kPowers[k]);
  }
  return result;
}

Reciprocal reciprocal_q12_19(std::int32_t x) {
  constexpr std::int32_t k48Over17 = 1515870810;        // Q2.29
  constexpr std::int32_t kMinus32Over17 = -1010580540;  // Q2.29
  constexpr std::int32_t kOne = 1 << 29;                // Q2.29
  const int headroom = std::countl_zero(static_cast<std::uint32_t>(x));
  // x = (1 + fraction) * 2^(12 - headroom), fraction in Q0.31.
  const auto fraction = static_cast<std::int32_t>((static_cast<std::uint32_t>(x) << headroom) - (1U << 31));
  // Newton's iteration for 1 / ((1 + fraction) / 2), from the best straight line.
  const auto half = static_cast<std::int32_t>((static_cast<std::int64_t>(fraction) + kMost + 1) / 2);
  std::int32_t inverse = k48Over17 + multiply_high(half, kMinus32Over17);
  for (int i = 0; i < 3; ++i) {
    inverse += shift_left(multiply_high(inverse, kOne - multiply_high(half, inverse)), 2);
  }
  return {shift_left(inverse, 1), 12 - headroom};
}

}  // namespace netfit::interp
