// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "calib/backtest.h"

namespace netfit::calib {

/// How well the rows of one kind were predicted.
struct SummaryLine {
  std::string group;
  Score score;
  /// Median error of a predictor that may look at the model on other devices: the nearest configuration of the same
  /// core and number of threads, scaled. What no predictor of unseen models should be expected to beat; 0 where there
  /// are no such twins.
  double floor = 0.0;
};

/// Lines for the kinds of rows that are there, the widest first.
std::vector<SummaryLine> summarize(std::span<const Judged> judged);

/// Spearman's rank correlation of predicted with measured latencies of each configuration with at least 15 rows:
/// the median over configurations, and how many they are.
struct RankCorrelation {
  double median = 0.0;
  int configurations = 0;
};
RankCorrelation rank_correlation(std::span<const Judged> judged);

}  // namespace netfit::calib
