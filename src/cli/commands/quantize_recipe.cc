// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/quantize_recipe.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/files.h"
#include "cli/answers/making.h"
#include "cli/calibration.h"
#include "cli/check_writable.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"
#include "exec/fast.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"

namespace netfit::cli {
namespace {

using Clock = std::chrono::steady_clock;

// So many that a difference of half a point between two recipes is beyond chance; fewer where samples are large.
constexpr std::int64_t kHeldOut = 1024;
constexpr std::int64_t kMostHeldOutBytes = std::int64_t{1} << 28;

std::int64_t held_out_count(const RecipeJob& job, const ir::Graph& graph) {
  if (job.recipe == "plain") return 0;
  const std::int64_t bytes = 4 * graph.value(graph.inputs.front().value).shape.element_count();
  return std::clamp(kMostHeldOutBytes / std::max<std::int64_t>(bytes, 1), std::int64_t{1}, kHeldOut);
}

Result<RecipeFile> wanted_recipe(const RecipeJob& job, const Environment& environment) {
  if (job.recipe == "auto") return RecipeFile{};
  RecipeFile file = NETFIT_TRY(load_recipe(job.recipe, environment));
  if (job.ranges) file.recipe.ranges.estimator = *job.ranges;
  return file;
}

// The share of the samples on which two graphs, fed from the same pixels, pick the same class.
Result<double> agreement(const ir::Graph& a, const ir::Graph& b, const data::Dataset& samples, int threads,
                         const Environment& environment) {
  std::vector<std::vector<std::int64_t>> classes;
  for (const ir::Graph* graph : {&a, &b}) {
    const auto executor = NETFIT_TRY(exec::create_fast(*graph, {.threads = threads}, interp::make_node_runner()));
    const eval::RunOutputs run = NETFIT_TRY(
        eval::run_dataset(*executor, *graph, samples, graph->inputs.front().preprocessing, *environment.progress));
    classes.push_back(eval::top_classes(run.outputs.front()));
  }
  return eval::percent_equal(classes[0], classes[1]);
}

Result<double> pixels_agreement(const quant::Quantized& pixels, const data::Dataset& samples, int threads,
                                const Environment& environment) {
  quant::LayerOptions options = pixels.options;
  options.io = quant::Io::Int8;
  const ir::Graph ordinary = NETFIT_TRY(quant::quantize_layers(pixels.prepared, pixels.ranges, options));
  return agreement(ordinary, pixels.graph, samples, threads, environment);
}

Result<void> choose(const quant::QuantizeJob& job, const quant::Samples& samples, const quant::Samples& held_out,
                    double budget_seconds, RecipeOutcome& outcome) {
  const Clock::time_point started = Clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(Clock::now() - started).count(); };
  quant::AutoChoice choice = NETFIT_TRY(quant::choose_recipe(
      job, samples, held_out, {.out_of_time = [&] { return seconds() > budget_seconds; }, .seconds = seconds}));
  outcome.recipe.recipe = choice.trials[choice.chosen].recipe;
  outcome.recipe.summary = "chosen by --recipe auto";
  outcome.quantized = std::move(choice.quantized);
  outcome.choice = std::move(choice);
  return {};
}

Result<void> make(const RecipeJob& job, const ir::Graph& graph, const CalibrationSamples& training,
                  RecipeOutcome& outcome, const Environment& environment) {
  const quant::QuantizeJob quantize{
      .graph = graph,
      .plan = NETFIT_TRY(plan_of(*quant::find_precision(job.scheme->name), outcome.recipe.layers, graph)),
      .io = job.io,
      .seed = job.seed};
  const quant::Samples samples =
      NETFIT_TRY(as_samples(training.chosen, training.preprocessing, graph, job.threads, *environment.progress));
  std::optional<quant::Samples> held_out;
  if (training.held_out) {
    held_out.emplace(
        NETFIT_TRY(as_samples(*training.held_out, training.preprocessing, graph, job.threads, *environment.progress)));
  }
  if (job.recipe != "auto") {
    outcome.quantized =
        NETFIT_TRY(quant::apply_recipe(quantize, outcome.recipe.recipe, samples, held_out ? &*held_out : nullptr));
    return {};
  }
  if (!held_out)
    return bad_input(
        fmt::format("'{}' has one sample; --recipe auto judges on others than it learns from", training.source));
  return choose(quantize, samples, *held_out, job.budget_seconds, outcome);
}

formats::MakingRecord record_of(const RecipeJob& job, const RecipeOutcome& outcome) {
  const std::size_t others = outcome.recipe.layers.size();
  const std::string scheme(job.scheme->name);
  formats::MakingRecord record =
      making_record(others == 0 ? scheme : fmt::format("{}, {} layers otherwise", scheme, others),
                    outcome.recipe.recipe, outcome.samples, job.seed);
  if (outcome.quantized.ranges.empty()) record.ranges.clear();
  return record;
}

// Where the file is not what its scheme's name says: layers that are stored otherwise, and nodes on integers in name
// only.
Result<void> find_departures(const RecipeJob& job, RecipeOutcome& outcome, const Environment& environment) {
  outcome.departures = departures(outcome.quantized.prepared, outcome.quantized.options.plan);
  if (outcome.quantized.options.plan.everywhere.activations == quant::Arithmetic::Float32) return {};
  const Model written = NETFIT_TRY(load_structure(job.output, environment));
  outcome.arithmetic = NETFIT_TRY(arithmetic_of(written));
  return {};
}

}  // namespace

Result<RecipeOutcome> write_quantized(const RecipeJob& job, const Model& model, const Environment& environment) {
  NETFIT_TRY(formats::format_for(job.output));
  for (const std::string& path : {job.output, job.save_recipe}) {
    if (!path.empty()) NETFIT_TRY(check_writable(path));
  }
  RecipeOutcome outcome{.recipe = NETFIT_TRY(wanted_recipe(job, environment))};
  ir::Graph graph = NETFIT_TRY(optimized(model));
  NETFIT_TRY(check_float(graph, model.path));
  const CalibrationSamples training = NETFIT_TRY(
      choose_calibration(job.data, {.samples = job.samples, .held_out = held_out_count(job, graph), .seed = job.seed},
                         graph, environment));
  // What the user says of the pixels becomes the model's own record, so that the file carries it.
  if (training.preprocessing) graph.inputs.front().preprocessing = training.preprocessing;
  NETFIT_TRY(make(job, graph, training, outcome, environment));

  outcome.samples = training.chosen.count();
  outcome.held_out = training.held_out ? training.held_out->count() : 0;
  outcome.data = training.source;
  if (job.io == quant::Io::Int8Pixels && training.chosen.images) {
    outcome.pixels_agreement =
        NETFIT_TRY(pixels_agreement(outcome.quantized, training.chosen, job.threads, environment));
  }
  outcome.bytes = NETFIT_TRY(save_with_record(outcome.quantized.graph, job.output, record_of(job, outcome)));
  NETFIT_TRY(find_departures(job, outcome, environment));
  if (!job.save_recipe.empty()) NETFIT_TRY(base::write_file(job.save_recipe, print_recipe(outcome.recipe)));
  return outcome;
}

Result<void> quantize_with_recipe(const RecipeJob& job, const Environment& environment) {
  NETFIT_TRY(formats::format_for(job.output));
  const Model model = NETFIT_TRY(load_model(job.model, environment));
  const RecipeOutcome outcome = NETFIT_TRY(write_quantized(job, model, environment));
  print_outcome(job, model, outcome, environment);
  return {};
}

}  // namespace netfit::cli
