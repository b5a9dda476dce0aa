// SPDX-License-Identifier: Apache-2.0
// The population of `calibrate --host`, on latencies that are made up from known prices.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "arch/arch.h"
#include "calib/adapt_board.h"
#include "calib/backtest.h"
#include "calib/board.h"
#include "calib/xnnpack_kernels.h"
#include "cost/count_terms.h"

namespace netfit::calib {
namespace {

constexpr double kMhz = 3000;

TEST(XnnpackKernels, AreChosenByTheCpu) {
  const std::array<std::string, 3> avx2{"avx2", "fma", "sse4.1"};
  EXPECT_EQ(host_runtime(avx2), "litert-avx2");
  EXPECT_EQ(xnnpack_kernels("litert-avx2").float32.channels, 16);
  EXPECT_EQ(xnnpack_kernels("litert-avx2 int8").int8.depth, 8);
  EXPECT_EQ(host_runtime({}), "litert");
}

Measurement row_of(const std::string& spec, bool int8) {
  Measurement row;
  row.device_id = "host/x86@3000";
  row.core = "x86";
  row.runtime = "litert-avx2";
  row.model_id = spec;
  row.precision = int8 ? "int8" : "fp32";
  row.clock_mhz = kMhz;
  row.threads = 1;
  return row;
}

TEST(Host, IsAPopulationOfItsOwnWithOneNoiseAPrecision) {
  const Situation floats = situation_of(row_of("m", false));
  const Situation integers = situation_of(row_of("m", true));
  EXPECT_EQ(floats.population, Population::Host);
  EXPECT_TRUE(floats.rules().tiled);
  EXPECT_NE(floats.key(), integers.key());
}

// A computer on which each term costs what is believed, times a factor of its own between a half and two.
double true_ms(const Observation& row) {
  double cycles = 0.0;
  for (std::size_t k = 0; k < cost::kTermCount; ++k) {
    const double factor = std::exp2(std::sin(static_cast<double>(7 * k)));
    cycles += row.counts.counts[k] * spec_of(static_cast<cost::Term>(k)).cycles * factor;
  }
  return cycles / (kMhz * 1e3);
}

std::vector<Observation> made_up_rows() {
  std::vector<Observation> rows;
  for (int width = 8; width <= 64; width += 4) {
    for (const int resolution : {16, 32, 48}) {
      for (const bool int8 : {false, true}) {
        const std::string spec =
            fmt::format("blocks:stages=conv_c{}_s2+ds_k{}_c{}_n2+ir_e{}_c{}_s2_n2,resolution={}", width,
                        resolution == 32 ? 5 : 3, 2 * width, 1 + width % 5, width + 8, resolution);
        Observation row{.row = row_of(spec, int8), .situation = {}, .counts = {}, .memory = {}};
        row.situation = situation_of(row.row);
        row.counts = sum_terms(count_terms(arch::build(spec).value(), row.situation.rules()));
        row.row.latency_ms = true_ms(row);
        rows.push_back(row);
      }
    }
  }
  return rows;
}

TEST(Host, PredictsNetworksThatTheFitHasNotSeen) {
  const std::vector<Observation> rows = made_up_rows();
  const BacktestOptions options{.populations = {Population::Host}, .hidden = Hidden::Model};
  const std::vector<Judged> judged = backtest(rows, options, base::no_progress()).value();
  ASSERT_EQ(judged.size(), rows.size());
  const Score result = score(judged);
  EXPECT_LE(result.median_error, 0.02);
  EXPECT_GE(result.within_10, 0.95);
}

TEST(Host, IsFoundByItsNameOnceItsCalibrationIsLaidOver) {
  const std::vector<Observation> rows = made_up_rows();
  Calibration calibration;
  merge(calibration, calibrate_all(rows, 1, base::no_progress()).value());
  ASSERT_TRUE(names_board(calibration, "host"));
  const FoundBoard found =
      find_board(calibration, {.device = "host", .runtime = "", .threads = 1, .int8 = true}).value();
  EXPECT_EQ(found.situation.runtime, "litert-avx2 int8");
  const Predictor predictor(calibration.of(Population::Host), found.situation);
  const Prediction prediction = predictor.predict(rows[1].counts, "another network");
  EXPECT_NEAR(prediction.value / true_ms(rows[1]), 1.0, 0.05);
  EXPECT_LT(prediction.high / prediction.value, 1.2);
}

}  // namespace
}  // namespace netfit::calib
