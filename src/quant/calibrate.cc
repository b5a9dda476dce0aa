// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "quant/collect_ranges.h"

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

}  // namespace

Result<Ranges> calibrate(const ir::Graph& graph, exec::ObservableExecutor& executor, std::span<const Tensor> inputs,
                         const CalibrationOptions& options, Progress& progress) {
  NETFIT_TRY(check_options(options));
  const std::int64_t samples = NETFIT_TRY(count_samples(graph, inputs));
  RangeCollector collector(graph, samples, options);
  const auto observe = [&](ir::ValueId value, std::int64_t first, const Tensor& tensor) {
    collector.observe(value, first, tensor);
  };
  NETFIT_TRY(executor.run_observed(inputs, observe, progress));
  return collector.ranges();
}

}  // namespace netfit::quant
