// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <numeric>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/executors.h"
#include "cli/flags/flags.h"
#include "cli/flags/inputs.h"
#include "cli/model.h"
#include "data/npy.h"
#include "data/preprocess.h"
#include "eval/agreement.h"

namespace netfit::cli {
namespace {

constexpr std::size_t kShownClasses = 5;

struct Options {
  std::string model;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::string preprocess;
  std::string executor = "fast";
  int threads = 0;
  bool json = false;
};

Result<void> save_outputs(const Options& options, const Model& model, const std::vector<Tensor>& results) {
  const std::vector<std::string> names = output_names(model.graph);
  for (const std::string& word : options.outputs) {
    const Named named = split_name(word);
    const std::size_t port = NETFIT_TRY(find_port(names, named, "--output"));
    const Tensor in_file = data::to_file_layout(results[port], model.graph.outputs[port].layout);
    NETFIT_TRY(base::write_file(named.path, data::print_npy(in_file)));
  }
  return {};
}

struct Score {
  std::string name;
  double value;
};

// The best classes of one sample, scores as real numbers.
std::vector<Score> best_classes(const Model& model, const Tensor& scores) {
  const ir::Value& value = model.graph.value(model.graph.outputs.front().value);
  const std::vector<double> reals = eval::to_reals(scores.slice(0, 1), value.quant);
  std::vector<std::size_t> order(reals.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return reals[a] > reals[b]; });
  std::vector<Score> best;
  for (const std::size_t i : order) {
    if (best.size() == kShownClasses) break;
    const bool named = i < model.graph.class_names.size();
    best.push_back({named ? model.graph.class_names[i] : fmt::format("class {}", i), reals[i]});
  }
  return best;
}

void print_answer(const Options& options, const Model& model, const exec::Executor& executor,
                  const std::vector<Tensor>& results, const Environment& environment) {
  const std::vector<Score> best = options.outputs.empty() ? best_classes(model, results.front()) : std::vector<Score>{};
  if (!options.json) {
    note_fallbacks(executor, environment);
    for (const Score& score : best) {
      fmt::print(environment.out, "{:<20} {:>10.4f}\n", base::printable(score.name), score.value);
    }
    for (const std::string& output : options.outputs)
      fmt::print(environment.err, "wrote {}\n", split_name(output).path);
    return;
  }
  nlohmann::ordered_json classes = nlohmann::ordered_json::array();
  for (const Score& score : best) classes.push_back({{"class", score.name}, {"score", score.value}});
  print_json({{"model", model.name},
              {"executor", executor.name()},
              {"samples", results.front().shape()[0]},
              {"top_classes", classes},
              {"outputs", options.outputs},
              {"fallback_nodes", executor.fallback_nodes()}},
             environment);
}

Result<void> run_model(const Options& options, const Environment& environment) {
  const Model model = NETFIT_TRY(load_model(options.model, environment));
  const std::vector<Tensor> inputs = NETFIT_TRY(load_inputs(options.inputs, options.preprocess, model, environment));
  const auto executor = NETFIT_TRY(make_executor(options.executor, model, thread_count(options.threads), environment));
  const std::vector<Tensor> results = NETFIT_TRY(executor->run(inputs, *environment.progress));
  NETFIT_TRY(save_outputs(options, model, results));
  print_answer(options, model, *executor, results, environment);
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "an .onnx or .tflite file")->required()->type_name("MODEL");
  app.add_option("--input", options->inputs,
                 "samples [n,...] as .npy in the file's own type and layout, or a PNG or JPEG;\n"
                 "NAME=FILE for a model with several inputs")
      ->required()
      ->type_name("[NAME=]FILE");
  app.add_option("--output", options->outputs,
                 "where the raw output [n,...] goes as .npy, nothing dequantized; without it the\n"
                 "best classes of the first sample are printed")
      ->type_name("[NAME=]FILE");
  app.add_option("--preprocess", options->preprocess, "for images: cifar10, imagenet, pixels or a .toml file")
      ->type_name("NAME|FILE");
  add_executor_flag(app, options->executor);
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_model(*options, environment); };
}

}  // namespace

constinit const Command kRun{"run", "runs a model on a tensor file or an image", &set_up};

}  // namespace netfit::cli
