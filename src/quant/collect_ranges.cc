// SPDX-License-Identifier: Apache-2.0
#include "quant/collect_ranges.h"

#include <algorithm>

#include "quant/estimators/entropy.h"
#include "quant/estimators/min_max.h"
#include "quant/estimators/moving_average.h"
#include "quant/estimators/mse.h"
#include "quant/estimators/percentile.h"

namespace netfit::quant {
namespace {

// What clipping counts for beside rounding, for Mse, in what lies between input and output. Rounding touches every
// element of every sample, clipping few; a class changes with the size of an error, not with its square, so errors that
// are rare and large do less harm than their squares say. Of 1, 0.5, 0.25, 0.1 and 0.05 the least that leaves the
// logits of both networks of the zoo as near to float as 1 does (docs/quantization.md).
constexpr double kClipWeight = 0.25;

// The far ends of an input, black and white, are common, and nothing behind an output makes up for what it lost.
double clip_weight(const ir::Graph& graph, ir::ValueId value) {
  const auto is_value = [&](const auto& border) { return border.value == value; };
  const bool border = std::ranges::any_of(graph.inputs, is_value) || std::ranges::any_of(graph.outputs, is_value);
  return border ? 1.0 : kClipWeight;
}

bool needs_ends_only(const CalibrationOptions& options) {
  return options.estimator == RangeEstimator::MinMax || options.estimator == RangeEstimator::MovingAverage;
}

// Min-max and moving average need the ends of each sample only.
Ranges ranges_of_samples(const ir::Graph& graph, const ExtremesObserver& extremes, const CalibrationOptions& options) {
  Ranges ranges;
  for (const ir::ValueId id : activations(graph)) {
    ranges[id] = options.estimator == RangeEstimator::MovingAverage
                     ? moving_average_range(extremes.samples(id), options.moving_average)
                     : min_max_range(extremes.samples(id));
  }
  return ranges;
}

Range range_of_histogram(const Histogram& histogram, double clipping, const CalibrationOptions& options) {
  if (options.estimator == RangeEstimator::Percentile) return percentile_range(histogram, options.percentile);
  if (options.estimator == RangeEstimator::Entropy) return entropy_range(histogram);
  return mse_range(histogram, clipping);
}

}  // namespace

RangeCollector::RangeCollector(const ir::Graph& graph, std::int64_t samples, const CalibrationOptions& options)
    : graph_(graph),
      options_(options),
      extremes_(graph, samples),
      histograms_(needs_ends_only(options) ? std::vector<ir::ValueId>{} : activations(graph)) {}

void RangeCollector::observe(ir::ValueId value, std::int64_t first_sample, const Tensor& tensor) {
  const Range range = extremes_.observe(value, first_sample, tensor);
  histograms_.observe(value, range, tensor);
}

Result<Ranges> RangeCollector::ranges() const {
  NETFIT_TRY(extremes_.check_finite(graph_));
  Ranges ranges = ranges_of_samples(graph_, extremes_, options_);
  if (needs_ends_only(options_)) return ranges;
  for (auto& [id, range] : ranges) {
    const std::optional<ir::Interval>& trained = graph_.value(id).range;
    range = options_.estimator == RangeEstimator::Trained && trained
                ? Range{trained->low, trained->high}
                : range_of_histogram(histograms_.histogram(id, range), clip_weight(graph_, id), options_);
  }
  return ranges;
}

}  // namespace netfit::quant
