// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/answers/tensor_comparison.h"
#include "cli/commands.h"
#include "cli/executors.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "eval/agreement.h"
#include "eval/run_dataset.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string a;
  std::string b;
  DataFlags data;
  std::string executor = "fast";
  std::int64_t tensor_samples = 32;
  std::int64_t shown = 10;
  int threads = 0;
  bool json = false;
};

struct OutputComparison {
  std::string name;
  eval::Agreement agreement;
};

Result<eval::RunOutputs> run_side(const Options& options, const Model& model, const data::Dataset& dataset,
                                  const Environment& environment) {
  const auto preprocessing = NETFIT_TRY(choose_preprocessing(options.data, dataset, model.graph, environment));
  const auto executor = NETFIT_TRY(make_executor(options.executor, model, thread_count(options.threads), environment));
  return eval::run_dataset(*executor, model.graph, dataset, preprocessing, *environment.progress);
}

Result<std::vector<OutputComparison>> compare_models(const Options& options, const Model& a, const Model& b,
                                                     const data::Dataset& dataset, const Environment& environment) {
  if (a.graph.outputs.size() != b.graph.outputs.size()) {
    return bad_input(fmt::format("'{}' has {} outputs, '{}' has {}", a.path, a.graph.outputs.size(), b.path,
                                 b.graph.outputs.size()));
  }
  const eval::RunOutputs run_a = NETFIT_TRY(located(run_side(options, a, dataset, environment), a.path));
  const eval::RunOutputs run_b = NETFIT_TRY(located(run_side(options, b, dataset, environment), b.path));
  std::vector<OutputComparison> comparisons;
  for (std::size_t i = 0; i < run_a.outputs.size(); ++i) {
    const ir::Value& value_a = a.graph.value(a.graph.outputs[i].value);
    const ir::Value& value_b = b.graph.value(b.graph.outputs[i].value);
    const eval::Agreement agreement =
        NETFIT_TRY(located(eval::compare_outputs(run_a.outputs[i], value_a.quant, run_b.outputs[i], value_b.quant),
                           fmt::format("output '{}'", base::printable(value_a.name))));
    comparisons.push_back({value_a.name, agreement});
  }
  return comparisons;
}

// JSON has no infinity: equal tensors have an SQNR of null.
nlohmann::ordered_json finite(double number) {
  return std::isfinite(number) ? nlohmann::ordered_json(number) : nlohmann::ordered_json(nullptr);
}

void print_object(const std::vector<OutputComparison>& outputs, const std::vector<TensorDifference>& tensors,
                  const data::Dataset& dataset, const Environment& environment) {
  nlohmann::ordered_json answer{{"data", dataset.name}, {"samples", dataset.count()}};
  answer["agreement"] = outputs.front().agreement.top1_percent;
  answer["largest_difference"] = outputs.front().agreement.largest_difference;
  answer["sqnr_db"] = finite(outputs.front().agreement.sqnr_db);
  answer["bit_identical"] = std::ranges::all_of(outputs, [](const auto& o) { return o.agreement.bit_identical; });
  answer["outputs"] = nlohmann::ordered_json::array();
  for (const OutputComparison& output : outputs) {
    answer["outputs"].push_back({{"name", output.name},
                                 {"agreement", output.agreement.top1_percent},
                                 {"largest_difference", output.agreement.largest_difference},
                                 {"sqnr_db", finite(output.agreement.sqnr_db)},
                                 {"bit_identical", output.agreement.bit_identical}});
  }
  answer["tensors"] = nlohmann::ordered_json::array();
  for (const TensorDifference& tensor : tensors) {
    answer["tensors"].push_back({{"name", tensor.name},
                                 {"sqnr_db", finite(tensor.sqnr_db)},
                                 {"largest_difference", tensor.largest_difference}});
  }
  print_json(answer, environment);
}

void print_text(const Options& options, const std::vector<OutputComparison>& outputs,
                const std::vector<TensorDifference>& tensors, const data::Dataset& dataset,
                const Environment& environment) {
  for (const OutputComparison& output : outputs) {
    fmt::print(environment.out,
               "output {}: same top-1 on {:.2f} % of {} samples, largest difference {:.6g}, SQNR {:.1f} dB{}\n",
               base::printable(output.name), output.agreement.top1_percent, grouped(dataset.count()),
               output.agreement.largest_difference, output.agreement.sqnr_db,
               output.agreement.bit_identical ? ", bit-identical" : "");
  }
  if (tensors.empty()) return;
  fmt::print(environment.out, "\n{} tensors have the same name in both; the worst:\n", tensors.size());
  Table table({{"tensor"}, {"SQNR dB", Align::Right}, {"largest difference", Align::Right}});
  for (const TensorDifference& tensor :
       std::span(tensors).first(std::min(tensors.size(), static_cast<std::size_t>(options.shown)))) {
    table.add({tensor.name, fmt::format("{:.1f}", tensor.sqnr_db), fmt::format("{:.6g}", tensor.largest_difference)});
  }
  fmt::print(environment.out, "{}", table.text());
}

Result<void> run_compare(const Options& options, const Environment& environment) {
  const Model a = NETFIT_TRY(load_model(options.a, environment));
  const Model b = NETFIT_TRY(load_model(options.b, environment));
  const data::Dataset dataset = NETFIT_TRY(open_data(options.data, data::Split::Test, a.graph, environment));
  const std::vector<OutputComparison> outputs = NETFIT_TRY(compare_models(options, a, b, dataset, environment));

  std::vector<TensorDifference> tensors;
  if (options.tensor_samples > 0) {
    const TensorSide side_a{NETFIT_TRY(optimized(a)),
                            NETFIT_TRY(choose_preprocessing(options.data, dataset, a.graph, environment))};
    const TensorSide side_b{NETFIT_TRY(optimized(b)),
                            NETFIT_TRY(choose_preprocessing(options.data, dataset, b.graph, environment))};
    tensors = NETFIT_TRY(compare_tensors(side_a, side_b, dataset, options.tensor_samples, *environment.progress));
  }
  if (options.json) {
    print_object(outputs, tensors, dataset, environment);
  } else {
    print_text(options, outputs, tensors, dataset, environment);
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
                 "compare tensors of equal name on the first N samples; 0 leaves them out")
      ->check(CLI::Range(0, 100000))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--worst", options->shown, "how many tensors the table shows")
      ->check(CLI::Range(1, 100000))
      ->type_name("N")
      ->capture_default_str();
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_compare(*options, environment); };
}

}  // namespace

constinit const Command kCompare{"compare", "outputs and tensors of two models on the same samples", &set_up};

}  // namespace netfit::cli
