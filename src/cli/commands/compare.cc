// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/comparison.h"
#include "cli/check_writable.h"
#include "cli/commands.h"
#include "cli/executors.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "data/preprocess.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"
#include "interp/interpreter.h"
#include "report/chart_file.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string a;
  std::string b;
  DataFlags data;
  std::string executor = "fast";
  std::int64_t tensor_samples = 64;
  std::int64_t shown = 10;
  std::string chart;
  int threads = 0;
  bool json = false;
};

Result<eval::RunOutputs> run_side(const Options& options, const Model& model, const data::Dataset& dataset,
                                  const Environment& environment) {
  const auto preprocessing = NETFIT_TRY(choose_preprocessing(options.data, dataset, model.graph, environment));
  const auto executor = NETFIT_TRY(make_executor(options.executor, model, thread_count(options.threads), environment));
  return eval::run_dataset(*executor, model.graph, dataset, preprocessing, *environment.progress);
}

// Outputs of both, and who is right where there are labels.
Result<void> compare_outputs(Comparison& comparison, const Options& options, const Model& a, const Model& b,
                             const data::Dataset& dataset, const Environment& environment) {
  if (a.graph.outputs.size() != b.graph.outputs.size()) {
    return bad_input(fmt::format("'{}' has {} outputs, '{}' has {}", a.path, a.graph.outputs.size(), b.path,
                                 b.graph.outputs.size()));
  }
  const eval::RunOutputs run_a = NETFIT_TRY(located(run_side(options, a, dataset, environment), a.path));
  const eval::RunOutputs run_b = NETFIT_TRY(located(run_side(options, b, dataset, environment), b.path));
  for (std::size_t i = 0; i < run_a.outputs.size(); ++i) {
    const ir::Value& value_a = a.graph.value(a.graph.outputs[i].value);
    const ir::Value& value_b = b.graph.value(b.graph.outputs[i].value);
    const eval::Agreement agreement =
        NETFIT_TRY(located(eval::compare_outputs(run_a.outputs[i], value_a.quant, run_b.outputs[i], value_b.quant),
                           fmt::format("output '{}'", base::printable(value_a.name))));
    comparison.outputs.push_back({value_a.name, agreement});
  }
  if (!dataset.labelled()) return {};
  const std::vector<std::int64_t> classes_a = eval::top_classes(run_a.outputs.front());
  const std::vector<std::int64_t> classes_b = eval::top_classes(run_b.outputs.front());
  comparison.labelled = LabelledComparison{.top1_a = eval::percent_equal(classes_a, dataset.labels),
                                           .top1_b = eval::percent_equal(classes_b, dataset.labels),
                                           .outcome = eval::compare_paired(dataset.labels, classes_a, classes_b)};
  return {};
}

// The first samples as the graph takes them.
Result<Tensor> inputs_of(const Options& options, const ir::Graph& graph, const data::Dataset& dataset,
                         const Environment& environment) {
  const Tensor samples = dataset.samples.slice(0, std::min(options.tensor_samples, dataset.count()));
  const ir::GraphInput& input = graph.inputs.front();
  const auto preprocessing = NETFIT_TRY(choose_preprocessing(options.data, dataset, graph, environment));
  if (!preprocessing) return data::adapt_tensors(samples, graph, input);
  return data::preprocess(samples, graph.value(input.value), *preprocessing);
}

Result<diagnose::GraphComparison> compare_tensors(const Options& options, const Model& a, const Model& b,
                                                  const data::Dataset& dataset, const Environment& environment) {
  const ir::Graph graph_a = NETFIT_TRY(optimized(a));
  const ir::Graph graph_b = NETFIT_TRY(optimized(b));
  const diagnose::Side side_a{graph_a, {NETFIT_TRY(inputs_of(options, graph_a, dataset, environment))}};
  const diagnose::Side side_b{graph_b, {NETFIT_TRY(inputs_of(options, graph_b, dataset, environment))}};
  const exec::Engine engine{.options = {.threads = thread_count(options.threads)},
                            .fallback = interp::make_node_runner()};
  return with_context(diagnose::compare_graphs(side_a, side_b, engine, *environment.progress),
                      "while comparing tensors (--tensor-samples 0 leaves them out)");
}

Result<void> write_chart(const Options& options, const Comparison& comparison, const Environment& environment) {
  const report::Chart chart = comparison_chart(comparison);
  if (!chart.missing.empty()) return bad_input(fmt::format("there is nothing to draw: {}", chart.missing));
  const std::string text = NETFIT_TRY(report::write_chart(chart, options.chart, environment.vega));
  return base::write_file(options.chart, text);
}

Result<void> check_options(const Options& options) {
  if (options.chart.empty()) return {};
  NETFIT_TRY(report::check_chart_path(options.chart));
  if (options.tensor_samples == 0) return bad_usage("--chart shows tensors, and --tensor-samples 0 leaves them out");
  return check_writable(options.chart);
}

Result<void> run_compare(const Options& options, const Environment& environment) {
  NETFIT_TRY(check_options(options));
  const Model a = NETFIT_TRY(load_model(options.a, environment));
  const Model b = NETFIT_TRY(load_model(options.b, environment));
  const data::Dataset dataset = NETFIT_TRY(open_data(options.data, data::Split::Test, a.graph, environment));
  Comparison comparison{.a = a.path, .b = b.path, .data = dataset.name, .samples = dataset.count()};
  NETFIT_TRY(compare_outputs(comparison, options, a, b, dataset, environment));
  if (options.tensor_samples > 0) {
    comparison.tensor_samples = std::min(options.tensor_samples, dataset.count());
    comparison.graphs = NETFIT_TRY(compare_tensors(options, a, b, dataset, environment));
  }
  if (!options.chart.empty()) NETFIT_TRY(write_chart(options, comparison, environment));
  if (options.json) {
    print_comparison_json(comparison, environment);
  } else {
    print_comparison(comparison, options.shown, environment);
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("a", options->a, "the reference, an .onnx or .tflite file")->required()->type_name("A");
  app.add_option("b", options->b, "what is compared with it")->required()->type_name("B");
  add_data_flags(app, options->data);
  add_executor_flag(app, options->executor);
  app.add_option("--tensor-samples", options->tensor_samples,
                 "compare tensors on the first N samples; 0 leaves them out")
      ->check(CLI::Range(0, 100000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--worst", options->shown, "how many tensors the table shows")
      ->check(CLI::Range(1, 100000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--chart", options->chart, "draw the SQNR of each tensor: .svg or .html")->type_name("FILE");
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_compare(*options, environment); };
}

}  // namespace

constinit const Command kCompare{"compare", "outputs and tensors of two models on the same samples", &set_up};

}  // namespace netfit::cli
