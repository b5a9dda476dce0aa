// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands.h"
#include "cli/executors.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string model;
  DataFlags data;
  std::string executor = "fast";
  int threads = 0;
  bool json = false;
};

struct Answer {
  std::string executor;
  std::int64_t images = 0;
  std::int64_t correct = 0;
  eval::RunOutputs run;
  std::vector<std::string> fallbacks;

  double top1() const { return 100.0 * static_cast<double>(correct) / static_cast<double>(images); }
};

void print_object(const Answer& answer, const Model& model, const data::Dataset& dataset,
                  const Environment& environment) {
  const eval::Interval interval = eval::wilson_interval(answer.correct, answer.images);
  print_json({{"model", model.name},
              {"data", dataset.name},
              {"top1", answer.top1()},
              {"top1_low", interval.low},
              {"top1_high", interval.high},
              {"correct", answer.correct},
              {"images", answer.images},
              {"executor", answer.executor},
              {"seconds", answer.run.seconds},
              {"cpu_seconds", answer.run.cpu_seconds},
              {"fallback_nodes", answer.fallbacks}},
             environment);
}

void print_text(const Answer& answer, const Model& model, const data::Dataset& dataset,
                const Environment& environment) {
  const eval::Interval interval = eval::wilson_interval(answer.correct, answer.images);
  fmt::print(environment.out, "{} on {}: top-1 {:.2f} % (90 % interval {:.2f} to {:.2f}), {} of {} images\n",
             base::printable(model.name), base::printable(dataset.name), answer.top1(), interval.low, interval.high,
             grouped(answer.correct), grouped(answer.images));
  fmt::print(environment.out, "measured with {}: {:.2f} s of inference, {:.0f} images/s, {:.3f} ms of CPU per image\n",
             answer.executor, answer.run.seconds, static_cast<double>(answer.images) / answer.run.seconds,
             1e3 * answer.run.cpu_seconds / static_cast<double>(answer.images));
}

Result<void> run_eval(const Options& options, const Environment& environment) {
  const Model model = NETFIT_TRY(load_model(options.model, environment));
  const data::Dataset dataset = NETFIT_TRY(open_data(options.data, data::Split::Test, model.graph, environment));
  if (!dataset.labelled()) return bad_input(fmt::format("'{}' has no labels; eval needs them", options.data.source));
  const auto preprocessing = NETFIT_TRY(choose_preprocessing(options.data, dataset, model.graph, environment));
  const auto executor = NETFIT_TRY(make_executor(options.executor, model, thread_count(options.threads), environment));

  Answer answer{.executor = executor->name(), .images = dataset.count()};
  answer.run = NETFIT_TRY(eval::run_dataset(*executor, model.graph, dataset, preprocessing, *environment.progress));
  answer.fallbacks = executor->fallback_nodes();
  const std::vector<std::int64_t> classes = eval::top_classes(answer.run.outputs.front());
  for (std::size_t i = 0; i < classes.size(); ++i) answer.correct += classes[i] == dataset.labels[i] ? 1 : 0;

  if (options.json) {
    print_object(answer, model, dataset, environment);
  } else {
    note_fallbacks(*executor, environment);
    note_dynamic_range(*executor, model.graph, environment);
    print_text(answer, model, dataset, environment);
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "an .onnx or .tflite file")->required()->type_name("MODEL");
  add_data_flags(app, options->data);
  add_executor_flag(app, options->executor);
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_eval(*options, environment); };
}

}  // namespace

constinit const Command kEval{"eval", "top-1 accuracy of a model on test images", &set_up};

}  // namespace netfit::cli
