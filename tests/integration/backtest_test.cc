// SPDX-License-Identifier: Apache-2.0
// The models of latency against the published rows, by fits that have not seen what they predict.
#include "calib/backtest.h"

#include <gtest/gtest.h>

#include "base/files.h"
#include "calib/cells.h"
#include "calib/summary.h"

namespace netfit {
namespace {

std::string_view as_text(const base::Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const calib::Observations& published() {
  static const calib::Observations rows = [] {
    const base::Bytes bytes = base::read_file("measurements/published.csv").value();
    calib::ModelSource models("measurements/models");
    return calib::merge_duplicates(calib::observe(calib::read_measurements(as_text(bytes)).value(), models));
  }();
  return rows;
}

calib::Score score_of(const std::vector<calib::Judged>& judged, const std::string& group) {
  for (const calib::SummaryLine& line : calib::summarize(judged)) {
    if (line.group == group) return line.score;
  }
  ADD_FAILURE() << "no group " << group;
  return {};
}

TEST(PublishedRows, AreAllUsedButTwoWithoutPrecision) {
  EXPECT_EQ(published().rows.size(), 5300U);
  EXPECT_EQ(published().skipped.size(), 2U);
}

// The bounds are the figures of docs/backtest.md with room for another processor's rounding, which a fit amplifies.
TEST(WholeNetworkBacktest, OfUnseenModelsInNcnn) {
  const std::vector<calib::Judged> judged =
      calib::backtest(published().rows,
                      {.populations = {calib::Population::Ncnn}, .hidden = calib::Hidden::Model, .threads = 2},
                      base::no_progress())
          .value();
  const calib::Score all = score_of(judged, "ncnn on CPUs");
  EXPECT_EQ(all.rows, 2142U);
  EXPECT_LT(all.median_error, 0.079);
  EXPECT_GT(all.within_10, 0.59);
  EXPECT_GT(all.within_20, 0.82);
  EXPECT_GT(all.coverage, 0.87);
  EXPECT_LT(all.coverage, 0.93);
  EXPECT_GT(calib::rank_correlation(judged).median, 0.98);
  for (const calib::Judged& row : judged) EXPECT_FALSE(row.prediction.seen.model);
}

TEST(WholeNetworkBacktest, OfEnergyAndFlashOfMicrocontrollers) {
  std::vector<calib::Judged> judged =
      calib::backtest(
          published().rows,
          {.populations = {calib::Population::Microcontroller}, .hidden = calib::Hidden::Model, .threads = 2},
          base::no_progress())
          .value();
  std::vector<calib::SkippedRow> skipped;
  const std::vector<calib::Judged> memory = calib::judge_memory(published().rows, skipped);
  judged.insert(judged.end(), memory.begin(), memory.end());
  EXPECT_LT(score_of(judged, "energy of microcontrollers, voltage known").median_error, 0.15);
  EXPECT_LT(score_of(judged, "flash, X-CUBE-AI").median_error, 0.07);
  EXPECT_LT(score_of(judged, "peak RAM, X-CUBE-AI").median_error, 0.13);
  EXPECT_EQ(skipped.size(), 4U);
}

TEST(WholeNetworkBacktest, OfUnseenCoresInNcnn) {
  calib::BacktestOptions options{.populations = {calib::Population::Ncnn}, .hidden = calib::Hidden::Core, .threads = 2};
  const auto none = calib::backtest(published().rows, options, base::no_progress()).value();
  EXPECT_LT(score_of(none, "ncnn on CPUs").median_error, 0.28);
  options.rows = 1;
  const auto one = calib::backtest(published().rows, options, base::no_progress()).value();
  EXPECT_LT(score_of(one, "ncnn on CPUs").median_error, 0.11);
  for (const calib::Judged& row : one) EXPECT_FALSE(row.prediction.seen.core);
}

TEST(WholeNetworkBacktest, ShippedCoefficientsAreThoseOfTheTable) {
  const base::Bytes bytes = base::read_file("measurements/coefficients.csv").value();
  const calib::Calibration shipped = calib::read_calibration(as_text(bytes)).value();
  const calib::PopulationSamples samples = calib::samples_of(published().rows, calib::Population::Ncnn);
  std::vector<std::size_t> all(samples.places.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  const calib::Coefficients fitted = calib::fit(samples.samples, all);
  const calib::Coefficients& kept = shipped.of(calib::Population::Ncnn).coefficients;
  for (const std::size_t i : all) {
    const calib::Sample& sample = samples.samples.samples[i];
    const calib::Situation& situation = samples.samples.situations[sample.situation];
    const double now = calib::latency_ms(sample.counts, calib::cycles_in(situation, fitted), situation.clock_mhz);
    const double then = calib::latency_ms(sample.counts, calib::cycles_in(situation, kept), situation.clock_mhz);
    ASSERT_NEAR(now / then, 1.0, 0.03) << situation.key() << " " << sample.model;
  }
}

// NAS-Bench-201: two devices whose networks were pruned alike (raspi4, pixel3), and one that was not.
TEST(WholeNetworkBacktest, OfCellsByFiftyOthers) {
  const base::Bytes coefficients = base::read_file("measurements/coefficients.csv").value();
  const base::Bytes table = base::read_file("measurements/nasbench201.csv").value();
  const std::vector<calib::CellScore> scores =
      calib::backtest_cells(as_text(table), calib::read_calibration(as_text(coefficients)).value(), {.draws = 3},
                            base::no_progress())
          .value();
  ASSERT_EQ(scores.size(), 6U);
  EXPECT_LT(scores[0].score.median_error, 0.07);
  EXPECT_GT(scores[0].rank_correlation, 0.95);
  EXPECT_LT(scores[1].score.median_error, 0.05);
  EXPECT_GT(scores[1].rank_correlation, 0.95);
  EXPECT_LT(scores[4].score.median_error, 0.03);
  EXPECT_GT(scores[4].rank_correlation, 0.97);
}

}  // namespace
}  // namespace netfit
