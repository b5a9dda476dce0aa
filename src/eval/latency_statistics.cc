// SPDX-License-Identifier: Apache-2.0
#include "eval/latency_statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace netfit::eval {
namespace {

std::vector<double> sorted_copy(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::ranges::sort(sorted);
  return sorted;
}

}  // namespace

double quantile(std::span<const double> sorted, double share) {
  NETFIT_CHECK(!sorted.empty());
  const auto rank = static_cast<std::ptrdiff_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(rank - 1, 0, std::ssize(sorted) - 1))];
}

std::optional<IntervalMs> median_interval(std::span<const double> sorted) {
  const std::size_t count = sorted.size();
  // The true median lies below the value of rank k + 1 with the probability that at most k of all fall below it.
  double probability = std::exp2(-static_cast<double>(count));
  double tail = probability;
  if (count == 0 || tail > 0.05) return std::nullopt;
  std::size_t k = 0;
  while (true) {
    probability *= static_cast<double>(count - k) / static_cast<double>(k + 1);
    if (tail + probability > 0.05) break;
    tail += probability;
    ++k;
  }
  return IntervalMs{sorted[k], sorted[count - 1 - k]};
}

LatencySummary summarize_latency(std::span<const std::vector<double>> sub_batches) {
  LatencySummary summary;
  std::vector<double> all;
  for (const std::vector<double>& sub_batch : sub_batches) {
    if (sub_batch.empty()) continue;
    all.insert(all.end(), sub_batch.begin(), sub_batch.end());
    summary.sub_batch_p50s_ms.push_back(quantile(sorted_copy(sub_batch), 0.5));
  }
  NETFIT_CHECK(!all.empty());
  std::ranges::sort(all);
  summary.runs = std::ssize(all);
  summary.p50_ms = quantile(all, 0.5);
  summary.p90_ms = quantile(all, 0.9);
  summary.min_ms = all.front();
  summary.max_ms = all.back();
  summary.mean_ms = std::accumulate(all.begin(), all.end(), 0.0) / static_cast<double>(all.size());
  summary.iqr_ms = quantile(all, 0.75) - quantile(all, 0.25);

  const std::vector<double> p50s = sorted_copy(summary.sub_batch_p50s_ms);
  summary.noise_percent = summary.p50_ms > 0.0 ? 100.0 * (p50s.back() - p50s.front()) / summary.p50_ms : 0.0;
  summary.interval = median_interval(p50s);
  if (summary.interval) {
    // Sub-batches of two kinds can leave the p50 of all runs outside; an interval without its value helps nobody.
    summary.interval->low = std::min(summary.interval->low, summary.p50_ms);
    summary.interval->high = std::max(summary.interval->high, summary.p50_ms);
  }
  return summary;
}

}  // namespace netfit::eval
