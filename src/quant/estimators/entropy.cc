// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/entropy.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace netfit::quant {
namespace {

constexpr std::size_t kBins = 2048;
constexpr std::size_t kLevels = 256;
constexpr std::size_t kStep = 8;
// Of what lies in a bin that the levels leave empty: clipped elements where there was nothing else. Without it the
// divergence would be infinite.
constexpr double kLeastShare = 1e-9;

/// Bins [first, last).
struct Window {
  std::size_t first;
  std::size_t last;
};

// Zero is always an integer of its own, so a clamp's many zeros lose nothing: their bin counts as its neighbour does.
std::vector<double> coarse_counts(const Histogram& histogram, double width) {
  std::vector<double> counts(kBins, 0.0);
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    counts[bin * kBins / histogram.counts.size()] += static_cast<double>(histogram.counts[bin]);
  }
  const auto zero = static_cast<std::size_t>(
      std::clamp(-static_cast<double>(histogram.range.low) / width, 0.0, static_cast<double>(kBins - 1)));
  counts[zero] = counts[zero + 1 < kBins ? zero + 1 : zero - 1];
  return counts;
}

// What the levels make of bins [first, last): each level spreads its elements evenly over its bins that hold any.
void spread_level(const std::vector<double>& counts, Window bins, std::vector<double>& spread) {
  double sum = 0;
  double used = 0;
  for (std::size_t bin = bins.first; bin < bins.last; ++bin) {
    sum += counts[bin];
    used += counts[bin] > 0 ? 1 : 0;
  }
  for (std::size_t bin = bins.first; bin < bins.last; ++bin) spread.push_back(counts[bin] > 0 ? sum / used : 0);
}

double divergence(const std::vector<double>& counts, double total, Window window) {
  const std::size_t width = window.last - window.first;
  std::vector<double> told;
  for (std::size_t level = 0; level < kLevels; ++level) {
    spread_level(counts, {window.first + level * width / kLevels, window.first + (level + 1) * width / kLevels}, told);
  }
  const double inside = std::accumulate(told.begin(), told.end(), 0.0);
  if (inside <= 0) return std::numeric_limits<double>::infinity();
  const auto begin = counts.begin();
  const double below = std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(window.first), 0.0);
  const double above = std::accumulate(begin + static_cast<std::ptrdiff_t>(window.last), counts.end(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < width; ++i) {
    const double clipped = (i == 0 ? below : 0) + (i + 1 == width ? above : 0);
    const double truth = (counts[window.first + i] + clipped) / total;
    if (truth > 0) sum += truth * std::log(truth / std::max(told[i] / inside, kLeastShare));
  }
  return sum;
}

}  // namespace

Range entropy_range(const Histogram& histogram) {
  const double bin_width = histogram.bin_width() * static_cast<double>(histogram.counts.size()) / kBins;
  if (!(bin_width > 0) || histogram.counts.size() < kBins) return histogram.range;
  const auto low = static_cast<double>(histogram.range.low);
  const std::vector<double> counts = coarse_counts(histogram, bin_width);
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  // The integers represent zero, so no end passes it.
  const auto zero = static_cast<std::size_t>(std::clamp(-low / bin_width, 0.0, static_cast<double>(kBins)));

  Window best{0, kBins};
  double least = divergence(counts, total, best);
  const auto consider = [&](Window window) {
    const double found = divergence(counts, total, window);
    if (found >= least) return;
    least = found;
    best = window;
  };
  const std::size_t least_last = std::max(zero, kLevels);
  for (std::size_t last = kBins - kStep; last >= least_last; last -= kStep) consider({0, last});
  const std::size_t high_end = best.last;
  for (std::size_t first = kStep; first <= zero && first + kLevels <= high_end; first += kStep) {
    consider({first, high_end});
  }
  const auto edge = [&](std::size_t bin) { return static_cast<float>(low + static_cast<double>(bin) * bin_width); };
  return {best.first == 0 ? histogram.range.low : edge(best.first),
          best.last == kBins ? histogram.range.high : edge(best.last)};
}

}  // namespace netfit::quant
