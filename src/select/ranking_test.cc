// SPDX-License-Identifier: Apache-2.0
#include "select/ranking.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "select/test_options.h"

namespace netfit::select {
namespace {

constexpr Quantity kTop1 = Quantity::Top1;
constexpr Quantity kLatency = Quantity::Latency;
constexpr Quantity kRam = Quantity::PeakRam;
constexpr Quantity kFlash = Quantity::Flash;

std::string order(const std::vector<Option>& options, const Ranking& ranking) {
  std::string labels;
  for (const std::size_t place : ranked(options, ranking)) labels += options[place].label;
  return labels;
}

const std::vector<Option> kThree{make_option("a", {{kTop1, 90}, {kLatency, 30}, {kRam, 20}, {kFlash, 300}}),
                                 make_option("b", {{kTop1, 95}, {kLatency, 20}, {kRam, 30}, {kFlash, 100}}),
                                 make_option("c", {{kTop1, 92}, {kLatency, 10}, {kRam, 40}, {kFlash, 200}})};

TEST(Ranking, FollowsItsObjective) {
  EXPECT_EQ(order(kThree, {.objectives = {Objective::Latency}}), "cba");
  EXPECT_EQ(order(kThree, {.objectives = {Objective::Memory}}), "abc");
  EXPECT_EQ(order(kThree, {.objectives = {Objective::Flash}}), "bca");
  EXPECT_EQ(order(kThree, {.objectives = {Objective::Accuracy}}), "bca");
}

TEST(Ranking, AsksTheNextObjectiveWhereTheFirstIsEqual) {
  const std::vector<Option> options{make_option("a", {{kTop1, 90}, {kLatency, 20}, {kFlash, 1}}),
                                    make_option("b", {{kTop1, 90}, {kLatency, 10}, {kFlash, 9}}),
                                    make_option("c", {{kTop1, 89}, {kLatency, 1}, {kFlash, 0}})};
  EXPECT_EQ(order(options, {.objectives = {Objective::Accuracy, Objective::Flash}}), "abc");
  EXPECT_EQ(order(options, {.objectives = {Objective::Accuracy, Objective::Latency}}), "bac");
}

TEST(Ranking, PutsWhatLacksAReadingLast) {
  const std::vector<Option> options{make_option("a", {{kTop1, 99}}), make_option("b", {{kLatency, 500}})};
  EXPECT_EQ(order(options, {.objectives = {Objective::Latency}}), "ba");
  EXPECT_EQ(order(options, {.objectives = {Objective::Accuracy}}), "ab");
}

TEST(Ranking, BreaksTiesByTop1ThenLabelThenKey) {
  std::vector<Option> options{
      make_option("b", {{kLatency, 1}, {kTop1, 90}}), make_option("a", {{kLatency, 1}, {kTop1, 90}}),
      make_option("z", {{kLatency, 1}, {kTop1, 91}}), make_option("a", {{kLatency, 1}, {kTop1, 90}})};
  options[1].key = "k2";
  options[3].key = "k1";
  EXPECT_EQ(ranked(options, {.objectives = {Objective::Latency}}), (std::vector<std::size_t>{2, 3, 1, 0}));
}

TEST(Ranking, BalancesAFactorOfTwoAgainstOnePoint) {
  const Ranking balanced{.objectives = {Objective::Balanced}};
  const std::vector<Option> even{make_option("a", {{kTop1, 90}, {kLatency, 10}}),
                                 make_option("b", {{kTop1, 91.01}, {kLatency, 20}}),
                                 make_option("c", {{kTop1, 90.99}, {kLatency, 20}})};
  EXPECT_EQ(order(even, balanced), "bac");
  EXPECT_EQ(order(even, {.objectives = {Objective::Balanced}, .weights = {.top1 = 2}}), "bca");
  EXPECT_EQ(order(even, {.objectives = {Objective::Balanced}, .weights = {.top1 = 0.5}}), "abc");
}

TEST(Ranking, IsAStrictTotalOrderThatIgnoresWhatElseIsOnTheList) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const std::vector<Option> options = random_options(seed);
    const Ranking ranking{.objectives = {seed % 2 == 0 ? Objective::Balanced : Objective::Memory}};
    const std::vector<std::size_t> places = ranked(options, ranking);
    for (std::size_t i = 0; i < places.size(); ++i) {
      for (std::size_t j = 0; j < places.size(); ++j) {
        EXPECT_EQ(ranks_before(options[places[i]], options[places[j]], ranking), i < j);
      }
    }
  }
}

TEST(Ranking, ReadsObjectivesInOrder) {
  EXPECT_EQ(parse_objectives("accuracy, latency", "--objective").value(),
            (std::vector{Objective::Accuracy, Objective::Latency}));
  EXPECT_EQ(
      parse_objectives("speed", "--objective").error().text(),
      "--objective: error: 'speed' is not an objective (allowed: latency, memory, flash, energy, accuracy, balanced)");
  EXPECT_EQ(parse_objectives("flash,flash", "--objective").error().text(),
            "--objective: error: 'flash' is given twice");
  EXPECT_FALSE(parse_objectives("", "--objective"));
}

}  // namespace
}  // namespace netfit::select
