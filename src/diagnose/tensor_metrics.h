// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "ir/graph.h"

namespace netfit::diagnose {

/// How far one tensor lies from its reference, over all samples. Reals on both sides.
struct TensorMetrics {
  double sqnr_db = 0.0;  ///< 10 log10(sum a^2 / sum (a - b)^2); infinite if equal
  double cosine = 1.0;
  /// Divergence in nats of b's histogram from a's. Bins are as wide as b's step, at least 1/2048 of a's range, with
  /// half an element more in each.
  double kl = 0.0;
  double mse = 0.0;
  double median_relative_difference = 0.0;  ///< of |a - b| / max(|a|, |b|), to within 0.001
  double largest_difference = 0.0;
  double saturation_percent = 0.0;  ///< elements of b at an end of its integers while a lies half a step beyond it
  /// Range of b's integers over that of a's values and 0: below 1 clips, 255 wastes 8 bits. None where b is float.
  std::optional<double> range_ratio;
  double tail_ratio = 1.0;  ///< 99.9th percentile of |a| over its maximum, to within 1/2048: low for rare spikes
};

/// The reals that a quantized value can hold: the ends of its integers and the step between them.
struct Grid {
  double step;
  double low;
  double high;
};
/// No value for floats, and for parameters per channel.
std::optional<Grid> grid_of(const ir::Value& value);

/// Gathers TensorMetrics chunk by chunk, in two passes over the same samples: the first learns the reference's range.
/// What is not finite counts as infinitely far away, and in no histogram.
class MetricsAccumulator {
 public:
  /// `grid` of b.
  explicit MetricsAccumulator(std::optional<Grid> grid) : grid_(grid) {}

  void learn_range(std::span<const float> a);
  /// As many elements of each, all ranges learnt.
  void add(std::span<const float> a, std::span<const float> b);
  TensorMetrics result() const;

 private:
  void prepare_bins();
  void add_to_histograms(double a, double b);

  static constexpr std::size_t kBins = 2048;
  static constexpr std::size_t kRelativeBins = 2000;  ///< a relative difference is at most 2

  std::optional<Grid> grid_;
  double low_ = 0.0;
  double high_ = 0.0;
  double width_ = 0.0;
  double first_bin_ = 0.0;
  std::vector<std::int64_t> bins_a_;
  std::vector<std::int64_t> bins_b_;
  std::array<std::int64_t, kBins> magnitudes_{};
  std::array<std::int64_t, kRelativeBins> relative_{};
  double square_a_ = 0.0;
  double square_b_ = 0.0;
  double product_ = 0.0;
  double noise_ = 0.0;
  double largest_ = 0.0;
  std::int64_t saturated_ = 0;
  std::int64_t count_ = 0;
};

}  // namespace netfit::diagnose
