// SPDX-License-Identifier: Apache-2.0
#include "eval/mcnemar.h"

#include <vector>

#include <gtest/gtest.h>

#include "eval/accuracy.h"

namespace netfit::eval {
namespace {

using Classes = std::vector<std::int64_t>;

TEST(McnemarP, IsTwiceTheSmallerTail) {
  EXPECT_NEAR(mcnemar_p(3, 0), 2.0 / 8.0, 1e-12);
  // 2 (1 + 6) / 2^6.
  EXPECT_NEAR(mcnemar_p(1, 5), 14.0 / 64.0, 1e-12);
  EXPECT_NEAR(mcnemar_p(5, 1), 14.0 / 64.0, 1e-12);
}

TEST(McnemarP, IsOneWhereNothingSpeaksForADifference) {
  EXPECT_EQ(mcnemar_p(0, 0), 1.0);
  EXPECT_EQ(mcnemar_p(7, 7), 1.0);
  EXPECT_NEAR(mcnemar_p(8, 7), 1.0, 1e-12);
}

// The sums of binomial coefficients in unbounded integers.
TEST(McnemarP, HoldsForManySamples) {
  EXPECT_NEAR(mcnemar_p(30, 27), 0.7913664277791806, 1e-11);
  EXPECT_NEAR(mcnemar_p(66, 47), 0.08995433294496465, 1e-11);
  EXPECT_NEAR(mcnemar_p(523, 126) / 2.3584103166124964e-58, 1.0, 1e-9);
  EXPECT_EQ(mcnemar_p(1674, 7), 0.0);
}

TEST(ComparePaired, CountsWhatOnlyOneModelHasRight) {
  const PairedOutcome outcome =
      compare_paired(Classes{0, 1, 2, 3, 4}, Classes{0, 1, 2, 0, 0}, Classes{0, 0, kNoClass, 3, 1});
  EXPECT_EQ(outcome.lost, 2);
  EXPECT_EQ(outcome.gained, 1);
  EXPECT_EQ(outcome.p, 1.0);
}

}  // namespace
}  // namespace netfit::eval
