// SPDX-License-Identifier: Apache-2.0
// Each routine against the exact rational result, rounded by the rule that its comment names.
#include "tensor/fixed_point.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::tensor {
namespace {

constexpr std::int32_t kMin = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
constexpr int kTrials = 20000;

std::int32_t any_int32(base::Random& random) {
  // Small numbers as often as large ones.
  return static_cast<std::int32_t>(random.integer(kMin, kMax)) >> random.integer(0, 31);
}

TEST(MultiplyHigh, IsTheNearestOfTheExactQuotientWithTiesUp) {
  base::Random random(1);
  const std::vector<std::int32_t> special{0, 1, -1, kMax, kMin, kMin + 1, 1 << 30, -(1 << 30), 3, -3};
  const auto expect_exact = [](std::int32_t a, std::int32_t b) {
    if (a == kMin && b == kMin) return;
    // floor(a*b / 2^31 + 1/2): for positive products, up is away from zero.
    const std::int64_t exact = (std::int64_t{a} * b + (std::int64_t{1} << 30)) >> 31;
    ASSERT_EQ(multiply_high(a, b), exact) << a << " * " << b;
  };
  for (const std::int32_t a : special) {
    for (const std::int32_t b : special) expect_exact(a, b);
  }
  for (int i = 0; i < kTrials; ++i) {
    const std::int32_t a = any_int32(random);
    expect_exact(a, any_int32(random));
  }
}

TEST(MultiplyHigh, SaturatesInItsOneOverflow) { EXPECT_EQ(multiply_high(kMin, kMin), kMax); }

TEST(DivideByPowerOfTwo, IsTheNearestWithTiesAwayFromZero) {
  base::Random random(2);
  for (int i = 0; i < kTrials; ++i) {
    const std::int32_t x = i == 0 ? kMin : i == 1 ? kMax : any_int32(random);
    const auto exponent = static_cast<int>(random.integer(0, 31));
    const std::int64_t magnitude = std::abs(std::int64_t{x});
    const std::int64_t rounded = (2 * magnitude + (std::int64_t{1} << exponent)) >> (exponent + 1);
    ASSERT_EQ(divide_by_power_of_two(x, exponent), x < 0 ? -rounded : rounded) << x << " / 2^" << exponent;
  }
}

TEST(DivideByPowerOfTwo, RoundsHalvesAwayFromZero) {
  EXPECT_EQ(divide_by_power_of_two(6, 2), 2);
  EXPECT_EQ(divide_by_power_of_two(-6, 2), -2);
  EXPECT_EQ(divide_by_power_of_two(5, 2), 1);
  EXPECT_EQ(divide_by_power_of_two(-5, 2), -1);
}

TEST(FixedMultiplier, IsWithinHalfAUnitOfTheReal) {
  base::Random random(3);
  for (int i = 0; i < kTrials; ++i) {
    const double real = std::ldexp(random.real(0.5F, 1.0F), static_cast<int>(random.integer(-30, 29)));
    const FixedMultiplier fixed = to_fixed_multiplier(real);
    ASSERT_GE(fixed.mantissa, 1 << 30);
    ASSERT_LE(std::fabs(std::ldexp(fixed.mantissa, fixed.shift - 31) - real), std::ldexp(0.5, fixed.shift - 31));
  }
}

TEST(FixedMultiplier, CarriesIntoTheExponent) {
  const FixedMultiplier fixed = to_fixed_multiplier(std::nextafter(1.0, 0.0));
  EXPECT_EQ(fixed.mantissa, 1 << 30);
  EXPECT_EQ(fixed.shift, 1);
}

TEST(FixedMultiplier, BecomesZeroOrSaturatesOutsideItsRange) {
  EXPECT_EQ(to_fixed_multiplier(0x1p-32).shift, -31);
  EXPECT_EQ(to_fixed_multiplier(0x1p-33).mantissa, 0);
  EXPECT_EQ(to_fixed_multiplier(0.0).mantissa, 0);
  const FixedMultiplier huge = to_fixed_multiplier(1e100);
  EXPECT_EQ(huge.mantissa, kMax);
  EXPECT_EQ(huge.shift, 30);
}

TEST(Multiply, RoundsTwice) {
  // 0.75 in the doubled product becomes 1 before the shift sees it; one rounding would give 0.
  EXPECT_EQ(multiply(3, FixedMultiplier{1 << 30, -1}), 1);
  EXPECT_EQ(multiply(std::int32_t{1000}, to_fixed_multiplier(0.25)), 250);
  EXPECT_EQ(multiply(std::int32_t{-1000}, to_fixed_multiplier(2.0)), -2000);
}

TEST(Multiply, StaysWithinThreeQuartersOfTheExactProduct) {
  base::Random random(4);
  for (int i = 0; i < kTrials; ++i) {
    const auto x = static_cast<std::int32_t>(random.integer(-(1 << 20), 1 << 20));
    const FixedMultiplier fixed = to_fixed_multiplier(random.real(1e-4F, 0.3F));
    const double exact = std::ldexp(static_cast<double>(x) * fixed.mantissa, fixed.shift - 31);
    ASSERT_LE(std::fabs(multiply(x, fixed) - exact), 0.75 + 1e-9);
  }
}

TEST(MultiplyWide, RoundsOnceWithASixteenBitMantissa) {
  base::Random random(5);
  for (int i = 0; i < kTrials; ++i) {
    const std::int64_t x = random.integer(-(std::int64_t{1} << 40), std::int64_t{1} << 40);
    const FixedMultiplier fixed = to_fixed_multiplier(std::ldexp(random.real(0.5F, 1.0F), -10));
    const double mantissa = std::min(std::floor(fixed.mantissa / 65536.0 + 0.5), 32767.0);
    const double exact = std::floor(std::ldexp(static_cast<double>(x) * mantissa, fixed.shift - 15) + 0.5);
    ASSERT_EQ(multiply(x, fixed), static_cast<std::int32_t>(static_cast<std::int64_t>(exact)));
  }
}

TEST(Quantize, RoundsHalvesAwayFromZeroAndClamps) {
  EXPECT_EQ(quantize(2.5F, 1.0F, 0, -128, 127), 3);
  EXPECT_EQ(quantize(-2.5F, 1.0F, 0, -128, 127), -3);
  EXPECT_EQ(quantize(1.0F, 0.5F, -3, -128, 127), -1);
  EXPECT_EQ(quantize(1e30F, 0.5F, -3, -128, 127), 127);
  EXPECT_EQ(quantize(-std::numeric_limits<float>::infinity(), 0.5F, 0, -128, 127), -128);
}

TEST(Quantize, TurnsNanIntoTheZeroPoint) {
  EXPECT_EQ(quantize(std::numeric_limits<float>::quiet_NaN(), 0.5F, -3, -128, 127), -3);
  EXPECT_EQ(quantize(std::numeric_limits<float>::quiet_NaN(), 0.5F, 300, -128, 127), 127);
}

}  // namespace
}  // namespace netfit::tensor
