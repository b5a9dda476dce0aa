// SPDX-License-Identifier: Apache-2.0
#include "cli/calibration.h"

#include <algorithm>

#include "data/preprocess.h"
#include "data/subset.h"
#include "interp/interpreter.h"

namespace netfit::cli {

Result<CalibrationSamples> choose_calibration(const DataFlags& flags, const CalibrationWish& wish,
                                              const ir::Graph& graph, const Environment& environment) {
  if (graph.inputs.size() != 1) return bad_input("calibration feeds models with exactly one input");
  DataFlags all = flags;
  all.limit.reset();  // the choice is made among all training samples
  const data::Dataset dataset = NETFIT_TRY(open_data(all, data::Split::Train, graph, environment));
  CalibrationSamples samples{.source = dataset.name};
  samples.preprocessing = NETFIT_TRY(choose_preprocessing(all, dataset, graph, environment));
  const std::int64_t held_out = std::min(wish.held_out, dataset.count() / 2);
  const std::int64_t count = std::min({wish.samples, flags.limit.value_or(wish.samples), dataset.count() - held_out});
  if (held_out == 0) {
    samples.chosen = data::choose_samples(dataset, count, wish.seed);
    return samples;
  }
  data::ChosenAndHeldOut both = data::choose_and_hold_out(dataset, count, held_out, wish.seed);
  samples.chosen = std::move(both.chosen);
  samples.held_out = std::move(both.held_out);
  return samples;
}

Result<quant::Samples> as_samples(const data::Dataset& dataset, const std::optional<ir::Preprocessing>& preprocessing,
                                  const ir::Graph& graph, int threads, Progress& progress) {
  const ir::GraphInput& input = graph.inputs.front();
  quant::Samples samples{.engine = {.options = {.threads = threads}, .fallback = interp::make_node_runner()},
                         .progress = progress};
  samples.inputs.push_back(NETFIT_TRY(dataset.images
                                          ? data::preprocess(dataset.samples, graph.value(input.value), *preprocessing)
                                          : data::adapt_tensors(dataset.samples, graph, input)));
  return samples;
}

}  // namespace netfit::cli
