// SPDX-License-Identifier: Apache-2.0
#include "diagnose/tensor_metrics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace netfit::diagnose {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kTail = 0.999;

// The upper end of the bin in which the given share of all elements is reached, as a share of the range.
double quantile(std::span<const std::int64_t> bins, double share) {
  const std::int64_t total = std::accumulate(bins.begin(), bins.end(), std::int64_t{0});
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    seen += bins[i];
    if (static_cast<double>(seen) >= share * static_cast<double>(total)) {
      return static_cast<double>(i + 1) / static_cast<double>(bins.size());
    }
  }
  return 1.0;
}

// Half an element in each bin more, so that an empty one is unlikely and not impossible.
double divergence(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  const auto total = [](std::span<const std::int64_t> bins) {
    return static_cast<double>(std::accumulate(bins.begin(), bins.end(), std::int64_t{0})) +
           0.5 * static_cast<double>(bins.size());
  };
  const double total_a = total(a);
  const double total_b = total(b);
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double p = (static_cast<double>(a[i]) + 0.5) / total_a;
    const double q = (static_cast<double>(b[i]) + 0.5) / total_b;
    sum += p * std::log(p / q);
  }
  // Rounding may leave equal histograms a little below 0.
  return std::max(0.0, sum);
}

std::size_t clamped_index(double position, std::size_t count) {
  return static_cast<std::size_t>(std::clamp(position, 0.0, static_cast<double>(count - 1)));
}

}  // namespace

std::optional<Grid> grid_of(const ir::Value& value) {
  if (!value.quant || value.quant->is_per_channel()) return std::nullopt;
  const double step = value.quant->scale();
  const auto real = [&](std::int64_t integer) {
    return step * static_cast<double>(integer - value.quant->zero_point());
  };
  return Grid{step, real(tensor::lowest(value.dtype)), real(tensor::highest(value.dtype))};
}

void MetricsAccumulator::learn_range(std::span<const float> a) {
  for (const float element : a) {
    if (!std::isfinite(element)) continue;
    low_ = std::min(low_, static_cast<double>(element));
    high_ = std::max(high_, static_cast<double>(element));
  }
}

void MetricsAccumulator::prepare_bins() {
  width_ = std::max((high_ - low_) / static_cast<double>(kBins), grid_ ? grid_->step : 0.0);
  if (width_ == 0.0) width_ = 1.0;
  // Bins lie around multiples of their width, as the integers of b do: what is only rounded stays in its bin.
  first_bin_ = std::round(low_ / width_);
  const auto count = static_cast<std::size_t>(std::round(high_ / width_) - first_bin_) + 1;
  bins_a_.assign(count, 0);
  bins_b_.assign(count, 0);
}

void MetricsAccumulator::add_to_histograms(double a, double b) {
  bins_a_[clamped_index(std::round(a / width_) - first_bin_, bins_a_.size())] += 1;
  bins_b_[clamped_index(std::round(b / width_) - first_bin_, bins_b_.size())] += 1;
  const double largest = std::max(-low_, high_);
  if (largest > 0.0) magnitudes_[clamped_index(std::abs(a) / largest * kBins, kBins)] += 1;
  const double greater = std::max(std::abs(a), std::abs(b));
  const double relative = greater == 0.0 ? 0.0 : std::abs(a - b) / greater;
  relative_[clamped_index(relative / 2.0 * kRelativeBins, kRelativeBins)] += 1;
}

void MetricsAccumulator::add(std::span<const float> a, std::span<const float> b) {
  if (bins_a_.empty()) prepare_bins();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i];
    const double y = b[i];
    ++count_;
    if (!std::isfinite(x) || !std::isfinite(y)) {
      const bool same = x == y || (std::isnan(x) && std::isnan(y));
      if (!same) noise_ = largest_ = kInfinity;
      continue;
    }
    square_a_ += x * x;
    square_b_ += y * y;
    product_ += x * y;
    noise_ += (x - y) * (x - y);
    largest_ = std::max(largest_, std::abs(x - y));
    add_to_histograms(x, y);
    if (!grid_) continue;
    const double half = grid_->step / 2;
    const bool above = x > grid_->high + half && y > grid_->high - half;
    const bool below = x < grid_->low - half && y < grid_->low + half;
    saturated_ += above || below ? 1 : 0;
  }
}

TensorMetrics MetricsAccumulator::result() const {
  TensorMetrics metrics;
  const auto count = static_cast<double>(std::max<std::int64_t>(count_, 1));
  metrics.sqnr_db = noise_ == 0.0 ? kInfinity : 10.0 * std::log10(square_a_ / noise_);
  metrics.mse = noise_ / count;
  metrics.largest_difference = largest_;
  const double norms = std::sqrt(square_a_) * std::sqrt(square_b_);
  if (norms > 0.0) {
    metrics.cosine = std::clamp(product_ / norms, -1.0, 1.0);
  } else if (square_a_ != square_b_) {
    metrics.cosine = 0.0;
  }
  metrics.kl = divergence(bins_a_, bins_b_);
  metrics.saturation_percent = 100.0 * static_cast<double>(saturated_) / count;
  if (grid_ && high_ > low_) metrics.range_ratio = (grid_->high - grid_->low) / (high_ - low_);
  // The bin of equal elements begins at 0, and its upper end would call them different.
  metrics.median_relative_difference = 2.0 * (quantile(relative_, 0.5) - 1.0 / static_cast<double>(kRelativeBins));
  metrics.tail_ratio = high_ > low_ ? quantile(magnitudes_, kTail) : 1.0;
  return metrics;
}

}  // namespace netfit::diagnose
