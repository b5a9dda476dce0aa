// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace netfit::eval {

/// Bounds in milliseconds.
struct IntervalMs {
  double low = 0.0;
  double high = 0.0;
};

/// What the timed runs of one subject say, all in milliseconds. Quantiles are observed values, not interpolated: the
/// p50 of an even number of runs is the lower one of the two in the middle.
struct LatencySummary {
  std::int64_t runs = 0;
  double p50_ms = 0.0;
  double p90_ms = 0.0;
  double min_ms = 0.0;
  double max_ms = 0.0;
  double mean_ms = 0.0;
  double iqr_ms = 0.0;  ///< spread: from the 25th to the 75th percentile
  /// Holds the p50 with at least 90 % confidence; none for fewer than five sub-batches. Runs close in time are not
  /// independent, hence order statistics of the sub-batches' p50s, not of the runs.
  std::optional<IntervalMs> interval;
  /// Noise: how far the greatest and the least p50 of a sub-batch lie apart, in percent of the p50.
  double noise_percent = 0.0;
  std::vector<double> sub_batch_p50s_ms;
};

/// `sub_batches` are the times of runs in the order of measuring; those without a run are skipped. At least one run is
/// needed.
LatencySummary summarize_latency(std::span<const std::vector<double>> sub_batches);

/// The element below which that share of the sorted values lies.
double quantile(std::span<const double> sorted, double share);

/// Two of the independent `sorted` values that enclose the median of what they are drawn from with at least 90 %
/// confidence (the binomial order-statistics interval, after Wilks 1948); none if even the outermost do not.
std::optional<IntervalMs> median_interval(std::span<const double> sorted);

}  // namespace netfit::eval
