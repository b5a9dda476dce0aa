// SPDX-License-Identifier: Apache-2.0
#include "tensor/half.h"

#include <bit>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace netfit::tensor {
namespace {

Half half_of_bits(int bits) { return {static_cast<std::uint16_t>(bits)}; }

TEST(Half, EveryOneOfThemSurvivesTheTripThroughFloat) {
  for (int bits = 0; bits < 65536; ++bits) ASSERT_EQ(to_half(to_float(half_of_bits(bits))).bits, bits);
}

TEST(Half, MeansWhatIeee754Says) {
  EXPECT_EQ(to_float(half_of_bits(0x3c00)), 1.0F);
  EXPECT_EQ(to_float(half_of_bits(0xc000)), -2.0F);
  EXPECT_EQ(to_float(half_of_bits(0x7bff)), 65504.0F);
  EXPECT_EQ(to_float(half_of_bits(0x0001)), 0x1p-24F);
  EXPECT_EQ(to_float(half_of_bits(0x0400)), 0x1p-14F);
  EXPECT_EQ(to_float(half_of_bits(0x7c00)), std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(to_float(half_of_bits(0x7e00))));
  EXPECT_TRUE(std::signbit(to_float(half_of_bits(0x8000))));
}

// Between any two neighbours: the middle goes to the even one, a hair beside the middle to the nearer one.
TEST(Half, RoundsToNearestAndTiesToEven) {
  for (int bits = 0; bits < 0x7bff; ++bits) {
    const float low = to_float(half_of_bits(bits));
    const float high = to_float(half_of_bits(bits + 1));
    const float middle = low + (high - low) / 2;
    ASSERT_EQ(to_half(middle).bits, bits % 2 == 0 ? bits : bits + 1) << bits;
    ASSERT_EQ(to_half(std::nextafter(middle, low)).bits, bits);
    ASSERT_EQ(to_half(std::nextafter(middle, high)).bits, bits + 1);
    ASSERT_EQ(to_half(-std::nextafter(middle, high)).bits, (bits + 1) | 0x8000);
  }
}

TEST(Half, OverflowsToInfinityFromTheMiddleOn) {
  EXPECT_EQ(to_half(65519.996F).bits, 0x7bff);
  EXPECT_EQ(to_half(65520.0F).bits, 0x7c00);
  EXPECT_EQ(to_half(1e30F).bits, 0x7c00);
  EXPECT_EQ(to_half(-std::numeric_limits<float>::infinity()).bits, 0xfc00);
}

TEST(Half, KeepsANanANanWhosePayloadDoesNotFit) {
  EXPECT_TRUE(std::isnan(to_float(to_half(std::bit_cast<float>(0x7f800001U)))));
}

}  // namespace
}  // namespace netfit::tensor
