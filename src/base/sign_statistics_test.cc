// SPDX-License-Identifier: Apache-2.0
#include "base/sign_statistics.h"

#include <gtest/gtest.h>

namespace netfit::base {
namespace {

TEST(SignTestP, IsTwiceTheSmallerTail) {
  EXPECT_NEAR(sign_test_p(3, 0), 2.0 / 8.0, 1e-12);
  // 2 (1 + 6) / 2^6.
  EXPECT_NEAR(sign_test_p(1, 5), 14.0 / 64.0, 1e-12);
  EXPECT_NEAR(sign_test_p(5, 1), 14.0 / 64.0, 1e-12);
}

TEST(SignTestP, IsOneWhereNothingSpeaksForADifference) {
  EXPECT_EQ(sign_test_p(0, 0), 1.0);
  EXPECT_EQ(sign_test_p(7, 7), 1.0);
  EXPECT_NEAR(sign_test_p(8, 7), 1.0, 1e-12);
}

// The sums of binomial coefficients in unbounded integers.
TEST(SignTestP, HoldsForManySamples) {
  EXPECT_NEAR(sign_test_p(30, 27), 0.7913664277791806, 1e-11);
  EXPECT_NEAR(sign_test_p(66, 47), 0.08995433294496465, 1e-11);
  EXPECT_NEAR(sign_test_p(523, 126) / 2.3584103166124964e-58, 1.0, 1e-9);
  EXPECT_EQ(sign_test_p(1674, 7), 0.0);
}

}  // namespace
}  // namespace netfit::base
