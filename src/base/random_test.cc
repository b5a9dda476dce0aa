// SPDX-License-Identifier: Apache-2.0
#include "base/random.h"

#include <gtest/gtest.h>

namespace netfit::base {
namespace {

// The first outputs of the authors' splitmix64.c for seed 1234567.
TEST(Random, GivesThePublishedSequence) {
  Random random(1234567);
  EXPECT_EQ(random.bits(), 6457827717110365317U);
  EXPECT_EQ(random.bits(), 3203168211198807973U);
  EXPECT_EQ(random.bits(), 9817491932198370423U);
}

TEST(Random, ReachesBothEndsOfAnIntegerRangeAndNothingElse) {
  Random random(1);
  int low = 0;
  int high = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t drawn = random.integer(-2, 2);
    ASSERT_GE(drawn, -2);
    ASSERT_LE(drawn, 2);
    low += drawn == -2 ? 1 : 0;
    high += drawn == 2 ? 1 : 0;
  }
  EXPECT_GT(low, 100);
  EXPECT_GT(high, 100);
}

TEST(Random, KeepsRealsWithinTheirRange) {
  Random random(2);
  double sum = 0;
  for (int i = 0; i < 10000; ++i) {
    const float drawn = random.real(-1, 3);
    ASSERT_GE(drawn, -1);
    ASSERT_LT(drawn, 3);
    sum += drawn;
  }
  EXPECT_NEAR(sum / 10000, 1.0, 0.05);
}

}  // namespace
}  // namespace netfit::base
