// SPDX-License-Identifier: Apache-2.0
#include "select/whatif.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "select/test_options.h"
#include "select/test_requests.h"

namespace netfit::select {
namespace {

constexpr Quantity kRam = Quantity::PeakRam;
constexpr Quantity kLatency = Quantity::Latency;
constexpr Quantity kTop1 = Quantity::Top1;

const std::vector<Option> kOptions{make_option("tiny", {{kRam, 100 * 1024}, {kLatency, 50}, {kTop1, 88}}),
                                   make_option("small", {{kRam, 200 * 1024}, {kLatency, 80}, {kTop1, 92}}),
                                   make_option("wasteful", {{kRam, 300 * 1024}, {kLatency, 90}, {kTop1, 91}}),
                                   make_option("large", {{kRam, 400 * 1024}, {kLatency, 160}, {kTop1, 95}})};

Request accurate(std::vector<Limit> limits) {
  return {.constraints = {.limits = std::move(limits)}, .ranking = {.objectives = {Objective::Accuracy}}};
}

TEST(WhatIf, ListsWhereTheChoiceChangesAndWhatItBuys) {
  const Request request = accurate({{Limited::PeakRam, 350 * 1024}, {Limited::Latency, 200}});
  const WhatIf answer = what_if(kOptions, request, Limited::PeakRam).value();
  const std::vector<std::string> lines{
      "from 100 KiB: tiny",
      "from 200 KiB: small: 1.60x slower, 2.00x peak RAM, +4.00 points (the answer to the limits as they are)",
      "from 400 KiB (50 KiB more): large: 2.00x slower, 2.00x peak RAM, +3.00 points"};
  EXPECT_EQ(describe(answer, request), lines);
  EXPECT_EQ(answer.current, 1U);
  EXPECT_EQ(answer.to_next, 50 * 1024);
}

TEST(WhatIf, LeavesTheOtherLimitsAsTheyAre) {
  const WhatIf answer = what_if(kOptions, accurate({{Limited::Latency, 100}}), Limited::PeakRam).value();
  ASSERT_EQ(answer.steps.size(), 2U);
  EXPECT_EQ(answer.steps[1].choice.label, "small");
  EXPECT_FALSE(answer.current || answer.to_next);
}

TEST(WhatIf, GoesDownwardForAccuracy) {
  const Request request{.constraints = {.limits = {{Limited::Top1, 94}}},
                        .ranking = {.objectives = {Objective::Latency}}};
  const std::vector<std::string> lines{"at 95 %: large (the answer to the limits as they are)",
                                       "at 92 % (2 % less): small: 2.00x faster, halves peak RAM, -3.00 points",
                                       "at 88 % (6 % less): tiny: 1.60x faster, halves peak RAM, -4.00 points"};
  EXPECT_EQ(describe(what_if(kOptions, request, Limited::Top1).value(), request), lines);
}

TEST(WhatIf, SaysThatNothingFitsWhateverTheLimit) {
  const Request request = accurate({{Limited::Latency, 1}});
  EXPECT_EQ(describe(what_if(kOptions, request, Limited::PeakRam).value(), request),
            std::vector<std::string>{"nothing fits, whatever the limit on peak RAM"});
  EXPECT_FALSE(what_if(kOptions, request, Limited::Power));
}

TEST(WhatIf, EqualsRecommendAtEveryLimit) {
  std::size_t steps = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const std::vector<Option> options = random_options(seed);
    const Request request = random_request(seed);
    for (const Limited varied : {Limited::PeakRam, Limited::Latency, Limited::Energy, Limited::Top1}) {
      const WhatIf answer = what_if(options, request, varied).value();
      steps += answer.steps.size();
      for (double allowed = 0; allowed <= 500; allowed += 18.75) {
        const Limit limit{varied, varied == Limited::Top1 ? 75 + allowed / 20 : allowed};
        Request at = request;
        std::erase_if(at.constraints.limits, [&](const Limit& given) { return given.limited == varied; });
        at.constraints.limits.push_back(limit);
        std::string expected;
        for (const Step& step : answer.steps) {
          if (shortfall(step.allowed, limit) <= 0) expected = step.choice.key;
        }
        const Recommendation there = recommend(options, at).value();
        ASSERT_EQ(there.feasible ? there.choice->key : "", expected) << "seed " << seed << " at " << limit.allowed;
      }
    }
  }
  EXPECT_GT(steps, 200U);
}

}  // namespace
}  // namespace netfit::select
