// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/value_groups.h"

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

constexpr ir::ValueId kA{1};
constexpr ir::ValueId kB{2};
constexpr ir::ValueId kC{3};

TEST(ValueGroups, JoinRangesWhicheverWayTheyMeet) {
  ValueGroups groups;
  groups.add(kA, {-1, 1});
  groups.add(kB, {0, 3});
  groups.add_to_group_of(kB, kC, {-2, 0});
  EXPECT_EQ(groups.range(kA).low, -1);
  EXPECT_EQ(groups.range(kC).low, -2);
  groups.join(kC, kA);
  groups.join(kA, kB);
  for (const ir::ValueId value : {kA, kB, kC}) {
    EXPECT_EQ(groups.range(value).low, -2);
    EXPECT_EQ(groups.range(value).high, 3);
  }
}

TEST(ValueGroups, KeepFixedParametersWhateverTheRange) {
  ValueGroups groups;
  const QuantParams unit = QuantParams::per_tensor(1.0F / 256, -128);
  groups.add_fixed(kA, unit);
  groups.add_to_group_of(kA, kB, {0, 50});
  EXPECT_TRUE(groups.is_fixed(kB));
  EXPECT_EQ(groups.fixed(kB), unit);
}

}  // namespace
}  // namespace netfit::quant
