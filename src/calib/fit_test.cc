// SPDX-License-Identifier: Apache-2.0
// Fits to tables that were made by a known law, so that what should come out is known.
#include "calib/fit.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.h"
#include "calib/advise.h"
#include "calib/hierarchy.h"
#include "calib/intervals.h"

namespace netfit::calib {
namespace {

using cost::Term;

Situation board(int number) {
  Situation situation;
  situation.board = "board" + std::to_string(number) + "/cortex-a53@1000";
  situation.core = "cortex-a53";
  situation.family = situation.runtime = "ncnn";
  situation.clock_mhz = 1000.0;
  return situation;
}

constexpr int kBoards = 6;
constexpr int kModels = 12;

double scale_of(int board) { return std::exp(0.15 * (board - 2)); }

// Networks of three terms whose true prices are twice, half and once what is believed; boards differ in scale.
Samples made_table() {
  base::Random random(7);
  Samples table;
  for (int b = 0; b < kBoards; ++b) table.situations.push_back(board(b));
  for (int m = 0; m < kModels; ++m) {
    cost::TermCounts counts;
    counts[Term::Conv1x1] = 1e7 * random.real(1, 10);
    counts[Term::Depthwise3x3] = 1e6 * random.real(1, 10);
    counts[Term::Layer] = random.real(10, 100);
    for (int b = 0; b < kBoards; ++b) {
      const Situation& s = table.situations[static_cast<std::size_t>(b)];
      const double cycles = 1.3 * counts[Term::Conv1x1] * std::exp(expected_log_cycles(s, Term::Conv1x1)) +
                            0.8 * counts[Term::Depthwise3x3] * std::exp(expected_log_cycles(s, Term::Depthwise3x3)) +
                            counts[Term::Layer] * std::exp(expected_log_cycles(s, Term::Layer));
      table.samples.push_back({static_cast<std::size_t>(b), "m" + std::to_string(m), counts,
                               std::log(scale_of(b) * cycles / (s.clock_mhz * 1e3)) + random.real(-0.02F, 0.02F)});
    }
  }
  return table;
}

std::vector<std::size_t> where(const Samples& table, auto keep) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < table.samples.size(); ++i) {
    if (keep(table.samples[i])) chosen.push_back(i);
  }
  return chosen;
}

double error_of(const Samples& table, std::size_t i, const Coefficients& coefficients) {
  const Sample& sample = table.samples[i];
  const Situation& situation = table.situations[sample.situation];
  return std::log(latency_ms(sample.counts, cycles_in(situation, coefficients), situation.clock_mhz)) - sample.log_ms;
}

TEST(Fit, PredictsModelsThatItHasNotSeen) {
  const Samples table = made_table();
  const auto seen = where(table, [](const Sample& sample) { return sample.model != "m3" && sample.model != "m8"; });
  const auto unseen = where(table, [](const Sample& sample) { return sample.model == "m3" || sample.model == "m8"; });
  const Coefficients coefficients = fit(table, seen);
  for (const std::size_t i : unseen) EXPECT_NEAR(error_of(table, i, coefficients), 0.0, 0.05) << i;
}

TEST(Fit, IsTheSameEachTime) {
  const Samples table = made_table();
  const auto all = where(table, [](const Sample&) { return true; });
  EXPECT_EQ(fit(table, all).deviations, fit(table, all).deviations);
}

TEST(Fit, IsNotLedAstrayByAFewWildRows) {
  Samples table = made_table();
  for (const std::size_t i : {5U, 20U, 40U}) table.samples[i].log_ms += 1.5;
  const auto all = where(table, [](const Sample&) { return true; });
  const Coefficients coefficients = fit(table, all);
  for (const std::size_t i : {0U, 11U, 33U}) EXPECT_NEAR(error_of(table, i, coefficients), 0.0, 0.08) << i;
}

TEST(Adapt, LearnsABoardsScaleFromOneRow) {
  const Samples table = made_table();
  const std::size_t last = kBoards - 1;
  const Coefficients known = fit(table, where(table, [&](const Sample& s) { return s.situation != last; }));
  const auto own = where(table, [&](const Sample& s) { return s.situation == last; });
  const double before = error_of(table, own[4], known);
  EXPECT_LT(before, -0.2);  // the board is slower than the others
  const Coefficients adapted = adapt(known, table, std::span(own).first(1));
  EXPECT_NEAR(error_of(table, own[4], adapted), 0.0, 0.1);
  const auto others = where(table, [&](const Sample& s) { return s.situation == 0; });
  EXPECT_EQ(error_of(table, others[2], adapted), error_of(table, others[2], known));
}

TEST(ChooseNetworks, AsksForWhatOthersDoNotTell) {
  GroupShares alike{};
  alike[0] = 1.0;
  GroupShares other{};
  other[2] = 1.0;
  const std::vector<GroupShares> networks{alike, alike, alike, other};
  const std::vector<std::size_t> measured{1};
  EXPECT_EQ(choose_networks(networks, measured, 1), (std::vector<std::size_t>{3}));
  EXPECT_EQ(choose_networks(networks, {}, 9).size(), networks.size());
}

TEST(IntervalWidths, CoverNineOfTenInEachGroup) {
  base::Random random(3);
  const auto draw = [&](double width) { return width * (random.real(-1, 1) + random.real(-1, 1)); };
  std::vector<Residual> residuals;
  for (int i = 0; i < 2000; ++i) {
    const bool odd = i % 4 == 0;
    residuals.push_back({{Hidden::Model, odd, 1}, "m" + std::to_string(i % 20), draw(odd ? 0.4 : 0.1), ""});
  }
  const std::map<std::string, double> widths = interval_widths(residuals);
  for (const bool odd : {false, true}) {
    int inside = 0;
    for (int i = 0; i < 2000; ++i)
      inside += std::abs(draw(odd ? 0.4 : 0.1)) <= width_of(widths, {Hidden::Model, odd, 1});
    EXPECT_NEAR(inside / 2000.0, 0.9, 0.025);
  }
  // Of a group that has no rows, the coarser one speaks; of nothing at all, a wide guess.
  EXPECT_EQ(width_of(widths, {Hidden::Model, true, 8}), width_of(widths, {Hidden::Model, true, 1}));
  EXPECT_GT(width_of(widths, {Hidden::Core, false, 1}), 0.5);
}

}  // namespace
}  // namespace netfit::calib
