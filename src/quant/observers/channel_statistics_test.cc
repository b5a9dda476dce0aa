// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/channel_statistics.h"

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

TEST(ChannelSums, TellsRangeAndMomentsOfEveryChannel) {
  ChannelSums sums;
  sums.add(Tensor::from(Shape{1, 2, 2}, std::vector<float>{1, -3, 2, 5}));
  sums.add(Tensor::from(Shape{1, 1, 2}, std::vector<float>{6, 1}));
  const std::vector<ChannelStatistics> channels = sums.statistics();
  ASSERT_EQ(channels.size(), 2U);
  EXPECT_EQ(channels[0].low, 1);
  EXPECT_EQ(channels[0].high, 6);
  EXPECT_EQ(channels[0].mean, 3);
  EXPECT_NEAR(channels[0].mean_square, 41.0 / 3, 1e-12);
  EXPECT_EQ(channels[1].low, -3);
  EXPECT_EQ(channels[1].high, 5);
  EXPECT_EQ(channels[1].mean, 1);
}

TEST(ChannelSums, HasNoChannelsBeforeAnythingWasAdded) { EXPECT_TRUE(ChannelSums().statistics().empty()); }

}  // namespace
}  // namespace netfit::quant
