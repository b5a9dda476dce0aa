// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tensor/quant_params.h"
#include "tensor/tensor.h"

namespace netfit::diagnose {

/// How far one tensor lies from its reference, over all samples. Reals on both sides.
struct TensorMetrics {
  double sqnr_db = 0.0;  ///< 10 log10(sum a^2 / sum (a - b)^2); infinite if equal
  double cosine = 1.0;
  double kl = 0.0;  ///< of the histograms of b from a (2048 bins over a's range), nats
  double mse = 0.0;
  double median_relative_difference = 0.0;  ///< of |a - b| / max(|a|, |b|), to within a bin of 1 %
  double largest_difference = 0.0;
  double saturation_percent = 0.0;  ///< elements of b at an end of its integers while a lies beyond it
  double range_ratio = 1.0;  ///< range of b's integers over the range of a's values; below 1 clips, 255 wastes 8 bits
  double tail_ratio = 1.0;   ///< 99.9th percentile of |a| over its maximum: low for rare spikes
};

/// Gathers TensorMetrics chunk by chunk. Two passes: the first learns the reference's range.
class MetricsAccumulator {
 public:
  /// `params` of b where it is quantized.
  explicit MetricsAccumulator(std::optional<QuantParams> params);
  void learn_range(std::span<const double> a);
  void add(std::span<const double> a, std::span<const double> b);
  TensorMetrics result() const;

 private:
  std::optional<QuantParams> params_;
};

}  // namespace netfit::diagnose
