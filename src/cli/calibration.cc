// SPDX-License-Identifier: Apache-2.0
#include "cli/calibration.h"

#include <algorithm>
#include <array>

#include "data/preprocess.h"
#include "data/subset.h"
#include "interp/interpreter.h"

namespace netfit::cli {
namespace {

// What the model eats.
Result<Tensor> calibration_tensor(const CalibrationSamples& samples, const ir::Graph& graph) {
  const ir::GraphInput& input = graph.inputs.front();
  if (!samples.chosen.images) return data::adapt_tensors(samples.chosen.samples, graph, input);
  return data::preprocess(samples.chosen.samples, graph.value(input.value), *samples.preprocessing);
}

}  // namespace

Result<CalibrationSamples> choose_calibration(const DataFlags& flags, std::int64_t count, std::uint64_t seed,
                                              const ir::Graph& graph, const Environment& environment) {
  if (graph.inputs.size() != 1) return bad_input("calibration feeds models with exactly one input");
  DataFlags all = flags;
  all.limit.reset();  // the choice is made among all training samples
  const data::Dataset dataset = NETFIT_TRY(open_data(all, data::Split::Train, graph, environment));
  CalibrationSamples samples{.source = dataset.name};
  samples.preprocessing = NETFIT_TRY(choose_preprocessing(all, dataset, graph, environment));
  samples.chosen = data::choose_samples(dataset, std::min(count, flags.limit.value_or(count)), seed);
  return samples;
}

Result<quant::Ranges> calibrate_ranges(const ir::Graph& graph, const CalibrationSamples& samples,
                                       const CalibrateOptions& options, Progress& progress) {
  const Tensor inputs = NETFIT_TRY(calibration_tensor(samples, graph));
  const auto interpreter = NETFIT_TRY(interp::create_interpreter(graph, {.threads = options.threads}));
  return quant::calibrate(graph, *interpreter, std::array{inputs}, options.ranges, progress);
}

}  // namespace netfit::cli
