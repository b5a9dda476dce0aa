// SPDX-License-Identifier: Apache-2.0
//
// A search over a grid: each end keeps between all and 1/20 of its distance from zero. Every element counts at the
// centre of its bin; inside the range its error is taken as that of rounding, step^2 / 12, since bins are much finer
// than steps, and outside as the distance to the end. So a pair of ends costs a sum over the clipped bins alone, which
// running sums of counts, centres and squares answer without a loop.

#include "quant/estimators/mse.h"

#include <algorithm>
#include <cmath>

namespace netfit::quant {
namespace {

constexpr int kSteps = 40;
constexpr int kSmallest = 2;  // of kSteps
constexpr double kLevels = 255;

/// Sums over the first bins of a histogram.
class RunningSums {
 public:
  explicit RunningSums(const Histogram& histogram) : histogram_(histogram) {
    counts_.push_back(0);
    firsts_.push_back(0);
    squares_.push_back(0);
    for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
      const auto count = static_cast<double>(histogram.counts[bin]);
      const double centre = histogram.centre(bin);
      counts_.push_back(counts_.back() + count);
      firsts_.push_back(firsts_.back() + count * centre);
      squares_.push_back(squares_.back() + count * centre * centre);
    }
  }

  /// Sum of (x - end)^2 over the elements below `end`.
  double error_below(double end) const { return error(0, bins_below(end), end); }
  double error_above(double end) const { return error(bins_below(end), histogram_.counts.size(), end); }
  double count_between(double low, double high) const { return counts_[bins_below(high)] - counts_[bins_below(low)]; }

 private:
  std::size_t bins_below(double end) const {
    const double place = (end - static_cast<double>(histogram_.range.low)) / histogram_.bin_width();
    return static_cast<std::size_t>(std::clamp(std::round(place), 0.0, static_cast<double>(histogram_.counts.size())));
  }
  double error(std::size_t first, std::size_t last, double end) const {
    const double count = counts_[last] - counts_[first];
    const double sum = firsts_[last] - firsts_[first];
    return squares_[last] - squares_[first] - 2 * end * sum + end * end * count;
  }

  const Histogram& histogram_;
  std::vector<double> counts_;
  std::vector<double> firsts_;
  std::vector<double> squares_;
};

}  // namespace

Range mse_range(const Histogram& histogram, double clip_weight) {
  // The integers represent zero, so the range reaches it from both sides.
  const double low = std::min(0.0, static_cast<double>(histogram.range.low));
  const double high = std::max(0.0, static_cast<double>(histogram.range.high));
  if (!(histogram.bin_width() > 0)) return histogram.range;
  const RunningSums sums(histogram);
  double best_error = INFINITY;
  Range best = histogram.range;
  for (int i = kSteps; i >= kSmallest; --i) {
    for (int j = kSteps; j >= kSmallest; --j) {
      const double from = low * i / kSteps;
      const double to = high * j / kSteps;
      const double step = (to - from) / kLevels;
      const double clipped = sums.error_below(from) + sums.error_above(to);
      const double error = clip_weight * clipped + sums.count_between(from, to) * step * step / 12;
      if (error >= best_error) continue;
      best_error = error;
      best = {static_cast<float>(from), static_cast<float>(to)};
    }
  }
  return best;
}

}  // namespace netfit::quant
