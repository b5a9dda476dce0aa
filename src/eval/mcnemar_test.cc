// SPDX-License-Identifier: Apache-2.0
#include "eval/mcnemar.h"

#include <vector>

#include <gtest/gtest.h>

#include "eval/accuracy.h"

namespace netfit::eval {
namespace {

using Classes = std::vector<std::int64_t>;

TEST(ComparePaired, CountsWhatOnlyOneModelHasRight) {
  const PairedOutcome outcome =
      compare_paired(Classes{0, 1, 2, 3, 4}, Classes{0, 1, 2, 0, 0}, Classes{0, 0, kNoClass, 3, 1});
  EXPECT_EQ(outcome.lost, 2);
  EXPECT_EQ(outcome.gained, 1);
  EXPECT_EQ(outcome.p, 1.0);
}

}  // namespace
}  // namespace netfit::eval
