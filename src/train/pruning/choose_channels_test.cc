// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/choose_channels.h"

#include <limits>

#include <gtest/gtest.h>

#include "support/graph_text.h"
#include "train/pruning/graph_size.h"
#include "train/pruning/remove_channels.h"

namespace netfit::train {
namespace {

using passes::ChannelStrands;
using passes::StrandUse;

class ChooseChannels : public ::testing::Test {
 protected:
  ChooseChannels() {
    target_.cost = [](const ir::Graph& graph) -> Result<double> { return static_cast<double>(count_macs(graph)); };
    target_.multiple = 4;
    importance_.assign(strands_.count(), 0);
    set("wide", 0.1);
    set("narrow", 0.5);
  }

  // Rising along the channels of a value.
  void set(std::string_view value, double step) {
    double now = 1;
    for (const passes::Strand strand : strands_.of(*graph_.find_value(value))) importance_[strand] = now += step;
  }

  Result<ir::Graph> pruned(double allowed) {
    target_.allowed = allowed;
    const std::vector<bool> removed = NETFIT_TRY(choose_channels(graph_, strands_, importance_, target_));
    return remove_channels(graph_, strands_, removed);
  }

  static std::int64_t channels(const ir::Graph& graph, std::string_view value) {
    return graph.value(*graph.find_value(value)).shape.dim(-1);
  }

  std::string fault(double allowed) {
    const Result<ir::Graph> result = pruned(allowed);
    return result ? "" : result.error().text();
  }

  // 16 channels at 64 places, then 8 at one.
  ir::Graph graph_ = support::graph_of(R"(
    graph main(%x: f32[1,8,8,3]) -> (%y) {
      const @a: f32[16,1,1,3] = random(1)
      const @b: f32[8,16] = random(2)
      const @c: f32[5,8] = random(3)
      %wide = conv2d(%x, @a)
      %mean = mean(%wide) axes=[1,2]
      %narrow = fully_connected(%mean, @b)
      %y = fully_connected(%narrow, @c)
    })");
  ChannelStrands strands_{graph_, StrandUse::Remove};
  Importance importance_;
  ChannelTarget target_;
};

TEST_F(ChooseChannels, TakesTheWeakestAndNoMoreThanItMust) {
  const ir::Graph result = *pruned(0.7 * static_cast<double>(count_macs(graph_)));
  EXPECT_EQ(channels(result, "wide"), 8);  // 12 would not do
  EXPECT_EQ(channels(result, "narrow"), 8);
  const auto before = graph_.value(*graph_.find_value("a")).constant->data<float>();
  const auto after = result.value(*result.find_value("a")).constant->data<float>();
  EXPECT_EQ(after[0], before[8 * 3]);
}

TEST_F(ChooseChannels, LeaveNothingOutIfTheTargetIsMet) { EXPECT_EQ(count_macs(*pruned(1e9)), count_macs(graph_)); }

// A block of `narrow` matters less, but saves next to nothing.
TEST_F(ChooseChannels, AreWorthWhatTheySaveIfAsked) {
  set("narrow", 0.01);
  const double little_less = static_cast<double>(count_macs(graph_)) - 1;
  EXPECT_EQ(channels(*pruned(little_less), "narrow"), 4);
  target_.ranking = Ranking::ForSaving;
  EXPECT_EQ(channels(*pruned(little_less), "narrow"), 8);
  EXPECT_EQ(channels(*pruned(little_less), "wide"), 12);
}

TEST_F(ChooseChannels, SayWhatIsTheLeast) {
  EXPECT_NE(fault(10).find("without every channel that can go it costs 804 of 3240 (asked for: 10)"), std::string::npos)
      << fault(10);
}

TEST_F(ChooseChannels, AreNoneIfNoValueHasMoreThanAMultiple) {
  target_.multiple = 16;
  EXPECT_NE(fault(10).find("has no channels that can go: none are free in more than 16"), std::string::npos);
}

TEST_F(ChooseChannels, StayIfTheyAreNotRanked) {
  for (double& value : importance_) value = std::numeric_limits<double>::infinity();
  set("narrow", 1);
  const ir::Graph result = *pruned(static_cast<double>(count_macs(graph_)) - 50);
  EXPECT_EQ(channels(result, "wide"), 16);
  EXPECT_EQ(channels(result, "narrow"), 4);
}

TEST_F(ChooseChannels, HandOnWhatTheCostSays) {
  target_.cost = [](const ir::Graph&) -> Result<double> { return bad_input("no such device"); };
  EXPECT_EQ(fault(1), "error: no such device");
}

}  // namespace
}  // namespace netfit::train
