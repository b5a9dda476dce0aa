// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/executors.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "eval/accuracy.h"
#include "eval/agreement.h"
#include "eval/run_dataset.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string file;
  std::string against;
  DataFlags data;
  std::string executor = "reference";
  double max_drop = 1.0;
  double min_agreement = 99.5;
  std::int64_t reference_samples = 100;
  int threads = 0;
  bool json = false;
};

struct Verdict {
  exec::RuntimeLibrary runtime;
  std::string executor;
  std::int64_t samples = 0;
  double agreement = 0.0;
  std::optional<double> top1_ours;
  std::optional<double> top1_runtime;
  std::optional<double> top1_model;
  std::optional<bool> bit_identical;  ///< absent: there are no reference kernels to compare with
  std::int64_t bit_identical_samples = 0;
  bool pass = false;
};

using Classes = std::vector<std::int64_t>;

Result<Classes> classes_of(exec::Executor& executor, const Model& model, const data::Dataset& dataset,
                           const std::optional<ir::Preprocessing>& preprocessing, const Environment& environment) {
  const eval::RunOutputs run =
      NETFIT_TRY(eval::run_dataset(executor, model.graph, dataset, preprocessing, *environment.progress));
  return eval::top_classes(run.outputs.front());
}

Result<std::unique_ptr<exec::Executor>> make_runtime(const exec::RuntimeLibrary& library, const Model& file,
                                                     exec::LitertKernels kernels, int threads) {
  const exec::ExecutorOptions options{.threads = threads};
  if (file.format == "tflite") return exec::create_litert(library, file.bytes, file.graph, kernels, options);
  return exec::create_onnxruntime(library, file.bytes, file.graph, options);
}

data::Dataset first_samples(const data::Dataset& dataset, std::int64_t count) {
  data::Dataset first = dataset;
  first.samples = dataset.samples.slice(0, std::min(count, dataset.count()));
  if (dataset.labelled()) first.labels.resize(static_cast<std::size_t>(first.count()));
  return first;
}

// Every bit of every output of the interpreter against the runtime's reference kernels. Only LiteRT has them.
Result<void> compare_bits(Verdict& verdict, const Options& options, const Model& file, const data::Dataset& dataset,
                          const std::optional<ir::Preprocessing>& preprocessing, const Environment& environment) {
  if (file.format != "tflite" || options.reference_samples == 0) return {};
  const data::Dataset samples = first_samples(dataset, options.reference_samples);
  const int threads = thread_count(options.threads);
  const auto runtime = NETFIT_TRY(make_runtime(verdict.runtime, file, exec::LitertKernels::Reference, threads));
  const auto interpreter = NETFIT_TRY(make_executor("reference", file, threads, environment));
  const eval::RunOutputs theirs =
      NETFIT_TRY(eval::run_dataset(*runtime, file.graph, samples, preprocessing, *environment.progress));
  const eval::RunOutputs ours =
      NETFIT_TRY(eval::run_dataset(*interpreter, file.graph, samples, preprocessing, *environment.progress));
  verdict.bit_identical = theirs.outputs == ours.outputs;
  verdict.bit_identical_samples = samples.count();
  return {};
}

Result<Verdict> judge(const Options& options, const Model& file, const Model& against, const data::Dataset& dataset,
                      const Environment& environment) {
  Verdict verdict{.runtime = NETFIT_TRY(find_runtime(file, environment)), .samples = dataset.count()};
  const int threads = thread_count(options.threads);
  const auto file_preprocessing = NETFIT_TRY(choose_preprocessing(options.data, dataset, file.graph, environment));
  const auto model_preprocessing = NETFIT_TRY(choose_preprocessing(options.data, dataset, against.graph, environment));
  const auto runtime = NETFIT_TRY(make_runtime(verdict.runtime, file, exec::LitertKernels::Default, threads));
  const auto ours = NETFIT_TRY(make_executor(options.executor, file, threads, environment));
  const auto model = NETFIT_TRY(make_executor("fast", against, threads, environment));
  verdict.executor = ours->name();

  const Classes in_runtime = NETFIT_TRY(classes_of(*runtime, file, dataset, file_preprocessing, environment));
  const Classes in_ours = NETFIT_TRY(classes_of(*ours, file, dataset, file_preprocessing, environment));
  const Classes in_model = NETFIT_TRY(classes_of(*model, against, dataset, model_preprocessing, environment));
  NETFIT_TRY(compare_bits(verdict, options, file, dataset, file_preprocessing, environment));

  verdict.agreement = eval::percent_equal(in_runtime, in_ours);
  verdict.pass = verdict.agreement >= options.min_agreement;
  if (dataset.labelled()) {
    verdict.top1_runtime = eval::percent_equal(in_runtime, dataset.labels);
    verdict.top1_ours = eval::percent_equal(in_ours, dataset.labels);
    verdict.top1_model = eval::percent_equal(in_model, dataset.labels);
    // A drop of exactly the limit passes; percentages of whole images carry rounding noise far below one image.
    verdict.pass = verdict.pass && *verdict.top1_model - *verdict.top1_runtime <= options.max_drop + 1e-9;
  }
  return verdict;
}

nlohmann::ordered_json maybe(const auto& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

void print_object(const Options& options, const Verdict& verdict, const data::Dataset& dataset,
                  const Environment& environment) {
  print_json({{"file", options.file},
              {"against", options.against},
              {"data", dataset.name},
              {"samples", verdict.samples},
              {"agreement", verdict.agreement},
              {"top1",
               {{"ours", maybe(verdict.top1_ours)},
                {"runtime", maybe(verdict.top1_runtime)},
                {"model", maybe(verdict.top1_model)}}},
              {"bit_identical", maybe(verdict.bit_identical)},
              {"bit_identical_samples", verdict.bit_identical_samples},
              {"executor", verdict.executor},
              {"runtime", {{"name", verdict.runtime.name}, {"version", verdict.runtime.version}}},
              {"max_drop", options.max_drop},
              {"pass", verdict.pass}},
             environment);
}

void print_text(const Options& options, const Verdict& verdict, const Environment& environment) {
  std::FILE* out = environment.out;
  fmt::print(out, "{} {} and {}: same top-1 on {:.2f} % of {} samples (needed: {:.2f})\n", verdict.runtime.name,
             verdict.runtime.version, verdict.executor, verdict.agreement, verdict.samples, options.min_agreement);
  if (verdict.top1_runtime) {
    fmt::print(out, "top-1: {:.2f} % in {}, {:.2f} % in ours\n{} has {:.2f} %: {:+.2f} points (allowed: -{:.2f})\n",
               *verdict.top1_runtime, verdict.runtime.name, *verdict.top1_ours, base::printable(options.against),
               *verdict.top1_model, *verdict.top1_runtime - *verdict.top1_model, options.max_drop);
  }
  if (verdict.bit_identical) {
    fmt::print(out, "reference kernels and our interpreter: {} on {} samples\n",
               *verdict.bit_identical ? "bit-identical" : "not bit-identical", verdict.bit_identical_samples);
  }
  fmt::print(out, "{}\n", verdict.pass ? "pass" : "FAIL");
}

Result<void> run_verify(const Options& options, const Environment& environment) {
  const Model file = NETFIT_TRY(load_model(options.file, environment));
  const Model against = NETFIT_TRY(load_model(options.against, environment));
  const data::Dataset dataset = NETFIT_TRY(open_data(options.data, data::Split::Test, file.graph, environment));
  const Verdict verdict = NETFIT_TRY(judge(options, file, against, dataset, environment));
  if (options.json) {
    print_object(options, verdict, dataset, environment);
  } else {
    print_text(options, verdict, environment);
  }
  if (!verdict.pass) return fail(Error(ErrorKind::CheckFailed, "the file does not pass").at(options.file));
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("file", options->file, "the .tflite or .onnx file that ships")->required()->type_name("FILE");
  app.add_option("--against", options->against, "the model that it was made from")->required()->type_name("MODEL");
  add_data_flags(app, options->data);
  add_executor_flag(app, options->executor);
  app.add_option("--max-drop", options->max_drop, "points of top-1 that FILE may lose in its runtime")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("POINTS")
      ->capture_default_str();
  app.add_option("--min-agreement", options->min_agreement, "percent of samples with the same top-1 here and there")
      ->check(CLI::Range(0.0, 100.0))
      ->type_name("PERCENT")
      ->capture_default_str();
  app.add_option("--reference-samples", options->reference_samples,
                 "samples on which every bit is compared with LiteRT's (slow) reference kernels")
      ->check(CLI::Range(0, 1000000))
      ->type_name("N")
      ->capture_default_str();
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_verify(*options, environment); };
}

}  // namespace

constinit const Command kVerify{"verify", "proves a file in its real runtime, against the model it came from", &set_up};

}  // namespace netfit::cli
