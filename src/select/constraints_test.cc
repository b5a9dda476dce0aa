// SPDX-License-Identifier: Apache-2.0
#include "select/constraints.h"

#include <limits>

#include <gtest/gtest.h>

#include "select/test_options.h"

namespace netfit::select {
namespace {

Option sample() { return make_option("o", {{Quantity::Latency, 200}, {Quantity::Energy, 40}, {Quantity::Top1, 94}}); }

TEST(Constraints, AllowTheLimitItself) {
  const Constraints exact{.limits = {{Limited::Latency, 200}, {Limited::Energy, 40}, {Limited::Top1, 94}}};
  EXPECT_TRUE(violations_of(sample(), exact).empty());
}

TEST(Constraints, NameEachBrokenLimitWithItsShortfall) {
  const Constraints strict{.limits = {{Limited::Latency, 150}, {Limited::Energy, 40}, {Limited::Top1, 95}}};
  const std::vector<Violation> expected{{Limited::Latency, 150, 200, 50, "200 ms, 150 ms allowed, 50 ms missing"},
                                        {Limited::Top1, 95, 94, 1, "94 %, 95 % demanded, 1 % missing"}};
  EXPECT_EQ(violations_of(sample(), strict), expected);
}

TEST(Constraints, CompareEnergyTimesRateWithPower) {
  const Constraints fits{.limits = {{Limited::Power, 200}}, .rate_per_s = 5};
  EXPECT_TRUE(violations_of(sample(), fits).empty());
  const Constraints strict{.limits = {{Limited::Power, 199}}, .rate_per_s = 5};
  const std::vector<Violation> expected{{Limited::Power, 199, 200, 1, "200 mW, 199 mW allowed, 1 mW missing"}};
  EXPECT_EQ(violations_of(sample(), strict), expected);
}

TEST(Constraints, RefuseARateThatLeavesNoTime) {
  EXPECT_TRUE(violations_of(sample(), {.rate_per_s = 5}).empty()) << "busy all the time is allowed";
  const std::vector<Violation> broken = violations_of(sample(), {.rate_per_s = 6});
  ASSERT_EQ(broken.size(), 1U);
  EXPECT_EQ(broken[0].limited, Limited::Duty);
  EXPECT_EQ(broken[0].reason, "120 %, 100 % allowed, 20 % missing");
}

TEST(Constraints, AreJudgedByTheBadEndOnDemand) {
  Option option = sample();
  option.readings[Quantity::Latency].high = 260;
  option.readings[Quantity::Top1].low = 93;
  Constraints constraints{.limits = {{Limited::Latency, 250}, {Limited::Top1, 93.5}}};
  EXPECT_TRUE(violations_of(option, constraints).empty());
  constraints.judge = Judge::BadEnd;
  const std::vector<Violation> broken = violations_of(option, constraints);
  ASSERT_EQ(broken.size(), 2U);
  EXPECT_EQ(broken[0].best, 260);
  EXPECT_EQ(broken[1].best, 93);
}

TEST(Constraints, AreNotSatisfiedByAMissingReading) {
  Option option = sample();
  option.readings.erase(Quantity::Energy);
  option.missing[Quantity::Energy] = "no energy figures";
  const std::vector<Violation> broken =
      violations_of(option, {.limits = {{Limited::Flash, 1e9}, {Limited::Power, 1e9}}, .rate_per_s = 1});
  ASSERT_EQ(broken.size(), 2U);
  EXPECT_EQ(broken[0].reason, "flash is unavailable: it was not evaluated");
  EXPECT_EQ(broken[1].reason, "energy is unavailable: no energy figures");
  EXPECT_FALSE(broken[1].best || broken[1].shortfall);
}

TEST(Constraints, AreRefusedWhereTheyMakeNoSense) {
  const auto message = [](const Constraints& constraints) {
    const Result<void> checked = check_constraints(constraints);
    return checked ? std::string() : checked.error().what();
  };
  EXPECT_EQ(message({.limits = {{Limited::Latency, 0}, {Limited::Power, 1}}, .rate_per_s = 1}), "");
  EXPECT_EQ(message({.limits = {{Limited::Power, 1}}}), "the limit max_power is given without a rate");
  EXPECT_EQ(message({.limits = {{Limited::Flash, -1}}}), "the limit max_flash is -1 (allowed: 0 or more)");
  EXPECT_EQ(message({.limits = {{Limited::Flash, std::numeric_limits<double>::quiet_NaN()}}}),
            "the limit max_flash is nan (allowed: 0 or more)");
  EXPECT_EQ(message({.limits = {{Limited::Top1, 1}, {Limited::Top1, 2}}}), "the limit min_top1 is given twice");
  EXPECT_EQ(message({.rate_per_s = 0}), "the rate is 0 (allowed: more than 0)");
}

TEST(Constraints, HaveNamesThatCanBeFound) {
  for (const Limited limited : {Limited::Latency, Limited::PeakRam, Limited::Flash, Limited::Energy, Limited::Power,
                                Limited::Duty, Limited::Top1}) {
    EXPECT_EQ(find_limited(name(limited)), limited);
  }
  EXPECT_FALSE(find_limited("max_cost"));
}

TEST(Constraints, ListEveryLimitUnderItsName) {
  EXPECT_EQ(limitable().size(), 8U);
  for (std::size_t i = 0; i < limitable().size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(limitable()[i]), i);
    EXPECT_EQ(find_limited(name(limitable()[i])), limitable()[i]);
  }
}

TEST(Constraints, LimitTheSizeOfTheFileApartFromFlash) {
  const Option option = make_option("m", {{Quantity::FileSize, 500'000}, {Quantity::Flash, 700'000}});
  EXPECT_TRUE(violations_of(option, {.limits = {{Limited::FileSize, 500'000}}}).empty());
  const std::vector<Violation> violations = violations_of(option, {.limits = {{Limited::FileSize, 499'000}}});
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].shortfall, 1000);
}

}  // namespace
}  // namespace netfit::select
