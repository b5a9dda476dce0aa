// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/percentile.h"

namespace netfit::quant {

Range percentile_range(const Histogram& histogram, double percent) {
  const double cut = static_cast<double>(histogram.total()) * (100.0 - percent) / 200.0;
  // Whole bins go as long as what goes is no more than may go.
  std::size_t first = 0;
  std::size_t last = histogram.counts.size();
  double below = 0;
  double above = 0;
  while (first + 1 < last && below + static_cast<double>(histogram.counts[first]) <= cut) {
    below += static_cast<double>(histogram.counts[first++]);
  }
  while (last > first + 1 && above + static_cast<double>(histogram.counts[last - 1]) <= cut) {
    above += static_cast<double>(histogram.counts[--last]);
  }
  const auto edge = [&](std::size_t bin) {
    return static_cast<float>(static_cast<double>(histogram.range.low) +
                              static_cast<double>(bin) * histogram.bin_width());
  };
  return {edge(first), last == histogram.counts.size() ? histogram.range.high : edge(last)};
}

}  // namespace netfit::quant
