// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "quant/estimators/entropy.h"
#include "quant/estimators/min_max.h"
#include "quant/estimators/moving_average.h"
#include "quant/estimators/mse.h"
#include "quant/estimators/percentile.h"
#include "quant/observers/extremes.h"
#include "quant/observers/histogram.h"
#include "quant/quantize.h"

namespace netfit::quant {
namespace {

Result<void> check_options(const CalibrationOptions& options) {
  if (!(options.percentile > 0 && options.percentile <= 100)) {
    return bad_usage(fmt::format("percentile {} is not in (0, 100]", options.percentile));
  }
  if (!(options.moving_average >= 0 && options.moving_average < 1)) {
    return bad_usage(fmt::format("moving average {} is not in [0, 1)", options.moving_average));
  }
  return {};
}

Result<std::int64_t> count_samples(const ir::Graph& graph, std::span<const Tensor> inputs) {
  if (inputs.empty() || inputs.size() != graph.inputs.size()) {
    return bad_input(fmt::format("{} inputs given, the graph takes {}", inputs.size(), graph.inputs.size()));
  }
  if (inputs[0].shape().rank() == 0 || inputs[0].shape()[0] < 1) return bad_input("no calibration samples given");
  return inputs[0].shape()[0];
}

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

Result<Ranges> calibrate(const ir::Graph& graph, exec::ObservableExecutor& executor, std::span<const Tensor> inputs,
                         const CalibrationOptions& options, Progress& progress) {
  NETFIT_TRY(check_options(options));
  const std::int64_t samples = NETFIT_TRY(count_samples(graph, inputs));
  const bool by_samples =
      options.estimator == RangeEstimator::MinMax || options.estimator == RangeEstimator::MovingAverage;
  ExtremesObserver extremes(graph, samples);
  HistogramObserver histograms(by_samples ? std::vector<ir::ValueId>{} : activations(graph));
  const auto observe = [&](ir::ValueId value, std::int64_t first, const Tensor& tensor) {
    const Range range = extremes.observe(value, first, tensor);
    histograms.observe(value, range, tensor);
  };
  NETFIT_TRY(executor.run_observed(inputs, observe, progress));
  NETFIT_TRY(extremes.check_finite(graph));
  Ranges ranges = ranges_of_samples(graph, extremes, options);
  if (by_samples) return ranges;
  for (auto& [id, range] : ranges) {
    range = range_of_histogram(histograms.histogram(id, range), clip_weight(graph, id), options);
  }
  return ranges;
}

}  // namespace netfit::quant
