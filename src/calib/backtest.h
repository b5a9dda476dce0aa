// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/reading.h"
#include "base/result.h"
#include "calib/calibration.h"
#include "calib/intervals.h"
#include "calib/samples.h"

namespace netfit::calib {

/// A measured figure and what was predicted for it.
struct Judged {
  const Observation* observation = nullptr;
  double measured = 0.0;  ///< in the unit of its column: ms, mJ, KiB
  Prediction prediction;
  Quantity quantity = Quantity::Latency;  ///< or Energy, PeakRam, Flash

  double error() const;  ///< ln(predicted / measured)
  bool inside() const { return prediction.low <= measured && measured <= prediction.high; }
};

struct BacktestOptions {
  std::vector<Population> populations;
  Hidden hidden = Hidden::Model;
  /// Rows of each configuration of a hidden device (or core) that its coefficients are adapted to: those that
  /// choose_networks() asks for. They are not judged.
  int rows = 0;
  int threads = 1;
};

/// Predicts every row by a fit that has not seen its model (its device, its core), from a cold start; the width of each
/// interval comes from rows of other models (devices, cores). `rows` must outlive the result.
Result<std::vector<Judged>> backtest(std::span<const Observation> rows, const BacktestOptions& options,
                                     Progress& progress);

/// Peak RAM and flash of the rows that have them: nothing of these predictions is fitted, and the width of each
/// interval comes from the rows of other models. `skipped` gets the rows whose runtime's memory nobody knows to
/// predict.
std::vector<Judged> judge_memory(std::span<const Observation> rows, std::vector<SkippedRow>& skipped);
/// The same with the widths of a calibration.
std::vector<Judged> judge_memory(std::span<const Observation> rows, const Calibration& calibration,
                                 std::vector<SkippedRow>& skipped);

/// Predicts every row by coefficients as they are; nothing is fitted.
std::vector<Judged> judge(std::span<const Observation> rows, const Calibration& calibration);

/// Coefficients fitted to all rows, with the widths that the three backtests give.
Result<Calibration> calibrate_all(std::span<const Observation> rows, int threads, Progress& progress);

/// How well a set of predictions did.
struct Score {
  std::size_t rows = 0;
  double median_error = 0.0;  ///< of |predicted / measured - 1|
  double within_10 = 0.0;     ///< shares, 0 to 1
  double within_20 = 0.0;
  double coverage = 0.0;       ///< of the intervals
  double median_factor = 0.0;  ///< half-width of the intervals, as a factor
};
Score score(std::span<const Judged> judged);

}  // namespace netfit::calib
