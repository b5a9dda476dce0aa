// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "calib/backtest.h"

namespace netfit::calib {

/// How well does who may look at the model on other devices: the nearest configuration of the same core and number of
/// threads, scaled. No predictor of unseen models should be expected to beat it by much.
struct Floor {
  double median_error = 0.0;
  double within_10 = 0.0;  ///< shares of the rows that have such a twin, 0 to 1
  double within_20 = 0.0;
};

/// How well the rows of one kind were predicted.
struct SummaryLine {
  std::string group;
  Score score;
  std::optional<Floor> floor;  ///< where there are twins
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
