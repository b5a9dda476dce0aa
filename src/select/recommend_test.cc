// SPDX-License-Identifier: Apache-2.0
#include "select/recommend.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "select/parse_limit.h"
#include "select/test_options.h"
#include "select/test_requests.h"

namespace netfit::select {
namespace {

std::vector<Option> board() {
  std::vector<Option> options{
      make_option("small float32", {{Quantity::Top1, 92.6},
                                    {Quantity::Latency, 400},
                                    {Quantity::PeakRam, 300'000},
                                    {Quantity::Flash, 2'000'000}}),
      make_option(
          "small int8",
          {{Quantity::Top1, 92.5}, {Quantity::Latency, 100}, {Quantity::PeakRam, 80'000}, {Quantity::Flash, 520'000}}),
      make_option("large int8", {{Quantity::Top1, 95.0},
                                 {Quantity::Latency, 300},
                                 {Quantity::PeakRam, 200'000},
                                 {Quantity::Flash, 900'000}})};
  options[0].scheme = "float32";
  options[0].model = options[1].model = "small";
  options[2].model = "large";
  return options;
}

TEST(Recommend, ChoosesTheBestThatFitsAndSaysWhy) {
  const Request request{.constraints = {.limits = {{Limited::Latency, 1000}, {Limited::Flash, 1'048'576}}},
                        .ranking = {.objectives = {Objective::Memory}}};
  const Recommendation answer = recommend(board(), request).value();
  EXPECT_TRUE(answer.feasible);
  EXPECT_EQ(answer.choice->label, "small int8");
  const std::vector<std::string> reasons{
      "least peak RAM of 2 that fit (1 of 3 do not fit)",
      "int8 against float32 of the same model: 4.00x faster, 0.27x peak RAM, 0.26x flash, -0.10 points",
      "latency: 100 ms, 1 s allowed", "flash: 507.8 KiB, 1 MiB allowed",
      "next best is large int8 because its peak RAM is 195.3 KiB against 78.12 KiB; it would be: 3.00x slower, 2.50x "
      "peak RAM, 1.73x flash, +2.50 points"};
  EXPECT_EQ(answer.reasons, reasons);
  EXPECT_DOUBLE_EQ(*answer.baseline->speedup, 4.0);
  EXPECT_DOUBLE_EQ(*answer.baseline->flash_ratio, 0.26);
  EXPECT_NEAR(*answer.baseline->top1_points, -0.1, 1e-9);
  EXPECT_FALSE(answer.baseline->energy_ratio);
  EXPECT_TRUE(answer.violations.empty());
  EXPECT_FALSE(answer.nearest || answer.cheapest);
}

TEST(Recommend, TakesTheBaselineFromTheSameDeviceOnly) {
  std::vector<Option> options = board();
  options[0].device = "another";
  EXPECT_FALSE(recommend(options, {}).value().baseline);
}

TEST(Recommend, SaysThatTheBadEndOfAnIntervalBreaksTheLimit) {
  std::vector<Option> options{board()[1]};
  options[0].readings[Quantity::Latency].low = 50;
  options[0].readings[Quantity::Latency].high = 250;
  Request request{.constraints = {.limits = {{Limited::Latency, 200}}}};
  EXPECT_EQ(recommend(options, request).value().reasons,
            (std::vector<std::string>{"the only option, and it fits",
                                      "latency: 100 ms, 200 ms allowed; value 100 ms, 90 % interval 50 ms to 250 ms, "
                                      "whose bad end breaks the limit"}));
  request.constraints.judge = Judge::BadEnd;
  EXPECT_FALSE(recommend(options, request).value().feasible);
}

TEST(Recommend, NamesWhatIsMissingWhereNothingFits) {
  const Request request{.constraints = {.limits = {{Limited::Latency, 1000}, {Limited::Flash, 102'400}}},
                        .ranking = {.objectives = {Objective::Memory}}};
  const Recommendation answer = recommend(board(), request).value();
  EXPECT_FALSE(answer.feasible);
  EXPECT_FALSE(answer.choice);
  ASSERT_EQ(answer.violations.size(), 1U);
  EXPECT_EQ(answer.violations[0].limited, Limited::Flash);
  EXPECT_EQ(answer.violations[0].shortfall, 520'000 - 102'400);
  EXPECT_EQ(answer.nearest->option.label, "small int8");
  EXPECT_EQ(answer.cheapest->needed, 520'000);
  const std::vector<std::string> reasons{
      "none of 3 options fits", "flash: no option meets it: at best 507.8 KiB, 100 KiB allowed, 407.8 KiB missing",
      "nearest is small int8",
      "the cheapest single relaxation: flash of 507.9 KiB instead of 100 KiB admits small int8"};
  EXPECT_EQ(answer.reasons, reasons);
}

TEST(Recommend, NamesTheNearestWhereLimitsOnlyContradictEachOther) {
  const Request request{.constraints = {.limits = {{Limited::Latency, 290}, {Limited::Top1, 94}}}};
  const Recommendation answer = recommend(board(), request).value();
  ASSERT_EQ(answer.violations.size(), 1U);
  EXPECT_EQ(answer.violations[0].limited, Limited::Top1);
  EXPECT_EQ(answer.violations[0].reason,
            "what meets it breaks another limit; the nearest has 92.5 %, 94 % demanded, 1.5 % missing");
  EXPECT_EQ(answer.nearest->option.label, "small int8");
}

TEST(Recommend, SaysThatNoFigureIsKnown) {
  std::vector<Option> options = board();
  for (Option& option : options) option.missing[Quantity::Energy] = "no energy figures";
  const Request request{.constraints = {.limits = {{Limited::Power, 200}}, .rate_per_s = 1}};
  const Recommendation answer = recommend(options, request).value();
  ASSERT_EQ(answer.violations.size(), 1U);
  EXPECT_EQ(answer.violations[0].reason, "energy is unavailable: no energy figures");
  EXPECT_FALSE(answer.violations[0].best || answer.cheapest);
}

TEST(Recommend, AnswersAnEmptyList) {
  const Recommendation answer = recommend({}, {}).value();
  EXPECT_FALSE(answer.feasible);
  EXPECT_EQ(answer.reasons, std::vector<std::string>{"there is nothing to choose from"});
}

TEST(Recommend, RefusesConstraintsThatMakeNoSense) {
  EXPECT_EQ(recommend(board(), {.constraints = {.limits = {{Limited::Power, 1}}}}).error().kind(), ErrorKind::BadUsage);
}

// From here on: the definition once more, in a few lines that share nothing with the module but its records.

constexpr double kNone = std::numeric_limits<double>::infinity();

double value_of(const Option& option, Quantity quantity) {
  const auto found = option.readings.find(quantity);
  return found == option.readings.end() ? kNone : found->second.value;
}

// How far over the limit, in the limit's unit; infinite without a reading.
double over(const Option& option, const Limit& limit, const Constraints& constraints) {
  const Quantity quantity = limit.limited == Limited::Top1                                        ? Quantity::Top1
                            : limit.limited == Limited::PeakRam                                   ? Quantity::PeakRam
                            : limit.limited == Limited::Flash                                     ? Quantity::Flash
                            : limit.limited == Limited::Latency || limit.limited == Limited::Duty ? Quantity::Latency
                                                                                                  : Quantity::Energy;
  const auto found = option.readings.find(quantity);
  if (found == option.readings.end()) return kNone;
  const bool careful = constraints.judge == Judge::BadEnd;
  if (limit.limited == Limited::Top1) return limit.allowed - (careful ? found->second.low : found->second.value);
  double figure = careful ? found->second.high : found->second.value;
  if (limit.limited == Limited::Power) figure *= *constraints.rate_per_s;
  if (limit.limited == Limited::Duty) figure *= *constraints.rate_per_s / 1000;
  return figure - limit.allowed;
}

std::vector<Limit> limits_of(const Constraints& constraints) {
  std::vector<Limit> limits = constraints.limits;
  if (constraints.rate_per_s) limits.push_back({Limited::Duty, 1});
  return limits;
}

bool fits(const Option& option, const Constraints& constraints) {
  for (const Limit& limit : limits_of(constraints)) {
    if (over(option, limit, constraints) > 0) return false;
  }
  return true;
}

// What is compared, the less the better.
std::vector<double> rank_of(const Option& option, const Ranking& ranking) {
  std::vector<double> rank;
  const auto top1_cost = [&] {
    return option.readings.contains(Quantity::Top1) ? -value_of(option, Quantity::Top1) : kNone;
  };
  for (const Objective objective : ranking.objectives) {
    if (objective == Objective::Balanced) {
      double missing = 0;
      double score = 0;
      for (const Quantity q : {Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy}) {
        option.readings.contains(q) ? score += std::log2(value_of(option, q)) : missing += 1;
      }
      option.readings.contains(Quantity::Top1) ? score -= value_of(option, Quantity::Top1) : missing += 1;
      rank.push_back(missing);
      rank.push_back(score);
    } else if (objective == Objective::Accuracy) {
      rank.push_back(top1_cost());
    } else {
      rank.push_back(value_of(option, objective == Objective::Latency  ? Quantity::Latency
                                      : objective == Objective::Memory ? Quantity::PeakRam
                                      : objective == Objective::Flash  ? Quantity::Flash
                                                                       : Quantity::Energy));
    }
  }
  rank.push_back(top1_cost());
  for (const Quantity q : {Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy})
    rank.push_back(value_of(option, q));
  return rank;
}

const Option* brute_force(const std::vector<Option>& options, const Request& request) {
  const Option* best = nullptr;
  for (const Option& option : options) {
    if (!fits(option, request.constraints)) continue;
    const auto key = [&](const Option& o) { return std::tuple(rank_of(o, request.ranking), o.label, o.key); };
    if (best == nullptr || key(option) < key(*best)) best = &option;
  }
  return best;
}

void expect_right_violations(const std::vector<Option>& options, const Request& request, const Recommendation& answer) {
  for (const Limit& limit : limits_of(request.constraints)) {
    double least = kNone;
    for (const Option& option : options) least = std::min(least, over(option, limit, request.constraints));
    const auto named = std::ranges::find(answer.violations, limit.limited, &Violation::limited);
    if (least > 0) {
      ASSERT_NE(named, answer.violations.end()) << "a limit that nothing meets is not named";
      if (least == kNone) {
        EXPECT_FALSE(named->shortfall);
      } else {
        EXPECT_EQ(named->shortfall, least);
      }
    } else if (named != answer.violations.end()) {
      EXPECT_EQ(named->shortfall.value_or(kNone), over(answer.nearest->option, limit, request.constraints));
    }
  }
  EXPECT_FALSE(answer.violations.empty());
}

void expect_right_nearest(const std::vector<Option>& options, const Request& request, const Recommendation& answer) {
  double nearest = kNone;
  double cheapest = kNone;
  for (const Option& option : options) {
    double sum = 0;
    int broken = 0;
    for (const Limit& limit : limits_of(request.constraints)) {
      const double excess = over(option, limit, request.constraints);
      if (excess <= 0) continue;
      sum += excess / limit.allowed;
      ++broken;
    }
    nearest = std::min(nearest, sum);
    if (broken == 1) cheapest = std::min(cheapest, sum);
  }
  EXPECT_EQ(answer.nearest->excess, nearest);
  ASSERT_EQ(answer.cheapest.has_value(), cheapest != kNone);
  if (!answer.cheapest) return;
  EXPECT_EQ(answer.cheapest->excess, cheapest);
  Request relaxed = request;
  std::erase_if(relaxed.constraints.limits,
                [&](const Limit& limit) { return limit.limited == answer.cheapest->limited; });
  relaxed.constraints.limits.push_back({answer.cheapest->limited, answer.cheapest->needed});
  EXPECT_TRUE(recommend(options, relaxed).value().feasible) << "the relaxation admits nothing";
}

// Every printed figure, read back from the words, is within the limit.
void expect_figures_within_limits(const Request& request, const Recommendation& answer) {
  for (const Limit& limit : limits_of(request.constraints)) {
    const std::string lead = std::string(in_words(limit.limited)) + ": ";
    const auto reason = std::ranges::find_if(answer.reasons, [&](const std::string& r) { return r.starts_with(lead); });
    ASSERT_NE(reason, answer.reasons.end());
    const std::string figure = reason->substr(lead.size(), reason->find(',') - lead.size());
    EXPECT_LE(shortfall(parse_limit(limit.limited, figure, "figure").value().allowed, limit), 1e-9) << *reason;
  }
}

TEST(Recommend, EqualsBruteForceForAThousandRandomConstraintSets) {
  int feasible = 0;
  int infeasible = 0;
  int contradictions = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    const std::vector<Option> options = random_options(seed);
    const Request request = random_request(seed);
    const Recommendation answer = recommend(options, request).value();
    const Option* expected = brute_force(options, request);
    ASSERT_EQ(answer.feasible, expected != nullptr) << "seed " << seed;
    if (expected != nullptr) {
      ++feasible;
      expect_figures_within_limits(request, answer);
      ASSERT_EQ(answer.choice->key, expected->key) << "seed " << seed;
      EXPECT_EQ(static_cast<std::ptrdiff_t>(answer.ranked.size()),
                std::ranges::count_if(options, [&](const Option& o) { return fits(o, request.constraints); }));
      for (std::size_t i = 1; i < answer.ranked.size(); ++i) {
        EXPECT_LE(rank_of(answer.ranked[i - 1], request.ranking), rank_of(answer.ranked[i], request.ranking));
      }
    } else if (!options.empty()) {
      ++infeasible;
      expect_right_violations(options, request, answer);
      expect_right_nearest(options, request, answer);
      contradictions += std::ranges::all_of(limits_of(request.constraints), [&](const Limit& limit) {
        return std::ranges::any_of(options, [&](const Option& o) { return over(o, limit, request.constraints) <= 0; });
      });
    }
  }
  EXPECT_GT(feasible, 300);
  EXPECT_GT(infeasible, 150);
  EXPECT_GT(contradictions, 20);
}

}  // namespace
}  // namespace netfit::select
