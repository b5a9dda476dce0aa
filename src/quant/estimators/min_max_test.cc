// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/min_max.h"

#include <vector>

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

TEST(MinMaxRange, HoldsEverySample) {
  const std::vector<Range> samples{{-1, 2}, {-3, 1}, {0, 5}};
  const Range range = min_max_range(samples);
  EXPECT_EQ(range.low, -3.0F);
  EXPECT_EQ(range.high, 5.0F);
}

TEST(MinMaxRange, OfNoSamplesIsEmpty) {
  EXPECT_EQ(min_max_range({}).low, 0.0F);
  EXPECT_EQ(min_max_range({}).high, 0.0F);
}

}  // namespace
}  // namespace netfit::quant
