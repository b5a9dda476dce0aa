// SPDX-License-Identifier: Apache-2.0
#include "select/pareto.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "select/test_options.h"

namespace netfit::select {
namespace {

constexpr Quantity kTop1 = Quantity::Top1;
constexpr Quantity kLatency = Quantity::Latency;

TEST(ParetoFront, KeepsWhatNothingBeatsBestFirst) {
  const std::vector<Option> options{make_option("slow and good", {{kTop1, 95}, {kLatency, 50}}),
                                    make_option("beaten", {{kTop1, 90}, {kLatency, 40}}),
                                    make_option("fast and bad", {{kTop1, 85}, {kLatency, 10}}),
                                    make_option("between", {{kTop1, 91}, {kLatency, 30}})};
  EXPECT_EQ(pareto_front(options, std::vector{kTop1, kLatency}).members, (std::vector<std::size_t>{0, 3, 2}));
  EXPECT_EQ(pareto_front(options, std::vector{kLatency, kTop1}).members, (std::vector<std::size_t>{2, 3, 0}));
  EXPECT_EQ(pareto_front(options, std::vector{kLatency}).members, (std::vector<std::size_t>{2}));
}

TEST(ParetoFront, KeepsEqualOptionsAndDropsWhatIsOnlyEqualInOne) {
  const std::vector<Option> options{make_option("b", {{kTop1, 90}, {kLatency, 10}}),
                                    make_option("a", {{kTop1, 90}, {kLatency, 10}}),
                                    make_option("same time, worse", {{kTop1, 89}, {kLatency, 10}})};
  EXPECT_EQ(pareto_front(options, std::vector{kTop1, kLatency}).members, (std::vector<std::size_t>{1, 0}));
}

TEST(ParetoFront, LeavesOutWhatLacksAReadingWithTheReason) {
  std::vector<Option> options{make_option("a", {{kTop1, 90}}), make_option("b", {{kTop1, 80}, {kLatency, 10}})};
  options[0].missing[kLatency] = "no clock is stated";
  const Front front = pareto_front(options, std::vector{kTop1, kLatency});
  EXPECT_EQ(front.members, (std::vector<std::size_t>{1}));
  ASSERT_EQ(front.excluded.size(), 1U);
  EXPECT_EQ(front.excluded[0].option, 0U);
  EXPECT_EQ(front.excluded[0].reason, "latency is unavailable: no clock is stated");
}

// The definition, written without pareto.cc: value by value, top-1 upward.
bool beats(const Option& one, const Option& other, const std::vector<Quantity>& objectives) {
  bool better_somewhere = false;
  for (const Quantity objective : objectives) {
    const double a = one.readings.at(objective).value;
    const double b = other.readings.at(objective).value;
    const bool better = objective == kTop1 ? a > b : a < b;
    if (a != b && !better) return false;
    better_somewhere |= better;
  }
  return better_somewhere;
}

TEST(ParetoFront, EqualsTheDefinitionOnAThousandRandomLists) {
  const std::vector<Quantity> all{kTop1, kLatency, Quantity::Flash, Quantity::PeakRam, Quantity::Energy};
  std::size_t members = 0;
  std::size_t beaten = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::vector<Option> options = random_options(seed);
    const std::vector<Quantity> objectives(all.begin(), all.begin() + 1 + static_cast<std::ptrdiff_t>(seed % 5));
    std::vector<std::size_t> expected;
    std::size_t comparable = 0;
    const auto known = [&](const Option& option) {
      return std::ranges::all_of(objectives, [&](Quantity q) { return option.readings.contains(q); });
    };
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (!known(options[i])) continue;
      ++comparable;
      const bool dominated = std::ranges::any_of(
          options, [&](const Option& other) { return known(other) && beats(other, options[i], objectives); });
      if (!dominated) expected.push_back(i);
    }
    Front front = pareto_front(options, objectives);
    EXPECT_EQ(front.excluded.size(), options.size() - comparable);
    std::ranges::sort(front.members);
    ASSERT_EQ(front.members, expected) << "seed " << seed;
    members += expected.size();
    beaten += comparable - expected.size();
  }
  EXPECT_GT(members, 1000U);
  EXPECT_GT(beaten, 1000U);
}

TEST(ParetoFront, DoesNotDependOnTheOrderOfTheList) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::vector<Option> options = random_options(seed);
    const auto keys = [&] {
      std::vector<std::string> found;
      for (const std::size_t i : pareto_front(options, std::vector{kTop1, kLatency, Quantity::Flash}).members) {
        found.push_back(options[i].key);
      }
      return found;
    };
    const std::vector<std::string> before = keys();
    std::ranges::reverse(options);
    EXPECT_EQ(keys(), before);
  }
}

}  // namespace
}  // namespace netfit::select
