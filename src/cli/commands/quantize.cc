// SPDX-License-Identifier: Apache-2.0
#include "quant/quantize.h"

#include <array>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/calibration.h"
#include "cli/commands.h"
#include "cli/commands/quantize_weights.h"
#include "cli/executors.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"
#include "exec/fast.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"

namespace netfit::cli {
namespace {

const std::map<std::string, quant::Io> kIo{{"int8", quant::Io::Int8},
                                           {"uint8", quant::Io::UInt8},
                                           {"float32", quant::Io::Float32},
                                           {"int8-pixels", quant::Io::Int8Pixels}};
const std::map<std::string, quant::RangeEstimator> kEstimators{{"min-max", quant::RangeEstimator::MinMax},
                                                               {"moving-average", quant::RangeEstimator::MovingAverage},
                                                               {"percentile", quant::RangeEstimator::Percentile},
                                                               {"mse", quant::RangeEstimator::Mse}};

struct Options {
  std::string model;
  std::string output;
  std::string scheme = "int8";
  DataFlags data;
  std::int64_t samples = 512;
  std::uint64_t seed = 0;
  quant::CalibrationOptions calibration;
  quant::QuantizeOptions quantize;
  int threads = 0;
  bool json = false;
};

// Flags that only a calibrated scheme takes.
constexpr std::array kCalibrationFlags{"--data", "--limit", "--preprocess", "--samples",
                                       "--seed", "--io",    "--ranges",     "--threads"};

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

struct Answer {
  std::int64_t bytes = 0;
  std::int64_t samples = 0;
  std::string data;
  std::optional<double> pixels_agreement;
};

void print_answer(const Options& options, const Model& model, const Answer& answer, const Environment& environment) {
  if (options.json) {
    nlohmann::ordered_json json{{"output", options.output},        {"bytes", answer.bytes}, {"scheme", options.scheme},
                                {"samples", answer.samples},       {"seed", options.seed},  {"data", answer.data},
                                {"from_bytes", model.bytes.size()}};
    if (answer.pixels_agreement) json["pixels_agreement"] = *answer.pixels_agreement;
    return print_json(json, environment);
  }
  fmt::print(environment.out, "{}: {} bytes, {}\n{:.2f} times smaller than {}\ncalibrated on {} samples of {}\n",
             options.output, grouped(answer.bytes), options.scheme,
             static_cast<double>(model.bytes.size()) / static_cast<double>(answer.bytes), model.path, answer.samples,
             answer.data);
  if (answer.pixels_agreement) {
    fmt::print(environment.out,
               "raw pixels at the input: same top-1 as the ordinary int8 model on {:.2f} % of the samples\n",
               *answer.pixels_agreement);
  }
}

Result<void> check_flags(const Options& options, const CLI::App& app) {
  if (options.scheme == "int8") {
    if (options.data.source.empty()) return bad_usage("--data is required: int8 is calibrated on training samples");
    return {};
  }
  for (const char* flag : kCalibrationFlags) {
    if (app.count(flag) == 0) continue;
    return bad_usage(fmt::format("{} does not apply to --scheme {}, which is not calibrated", flag, options.scheme));
  }
  return {};
}

Result<void> run_quantize(const Options& options, const Environment& environment) {
  if (options.scheme != "int8") {
    return quantize_weights({options.model, options.output, options.scheme, options.json}, environment);
  }
  NETFIT_TRY(formats::format_for(options.output));
  const Model model = NETFIT_TRY(load_model(options.model, environment));
  ir::Graph graph = NETFIT_TRY(optimized(model));
  const CalibrationSamples samples =
      NETFIT_TRY(choose_calibration(options.data, options.samples, options.seed, graph, environment));
  // What the user says of the pixels becomes the model's own record, so that the file carries it.
  if (samples.preprocessing) graph.inputs.front().preprocessing = samples.preprocessing;
  const int threads = thread_count(options.threads);
  const quant::Ranges ranges =
      NETFIT_TRY(calibrate_ranges(graph, samples, {options.calibration, threads}, *environment.progress));
  const ir::Graph quantized = NETFIT_TRY(quant::quantize_int8(graph, ranges, options.quantize));

  Answer answer{.samples = samples.chosen.count(), .data = samples.source};
  if (options.quantize.io == quant::Io::Int8Pixels && samples.chosen.images) {
    const ir::Graph ordinary = NETFIT_TRY(quant::quantize_int8(graph, ranges, {.io = quant::Io::Int8}));
    answer.pixels_agreement = NETFIT_TRY(agreement(ordinary, quantized, samples.chosen, threads, environment));
  }
  answer.bytes = NETFIT_TRY(save_model(quantized, options.output));
  print_answer(options, model, answer, environment);
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "a float .onnx or .tflite file")->required()->type_name("MODEL");
  app.add_option("-o,--output", options->output, "the file to write, .tflite or .onnx")->required()->type_name("OUT");
  app.add_option("--scheme", options->scheme,
                 "int8: weights per channel, activations per tensor, integers throughout;\n"
                 "dynamic: int8 weights under float data, quantized anew for each sample;\n"
                 "float16: weights in half precision; float32: as they are")
      ->check(CLI::IsMember({"float32", "float16", "dynamic", "int8"}))
      ->type_name("SCHEME")
      ->capture_default_str();
  add_data_flags(app, options->data);
  app.get_option("--data")->required(false);
  app.add_option("--samples", options->samples, "how many training samples calibrate the ranges")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 32))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", options->seed, "which samples are chosen")->type_name("N")->capture_default_str();
  app.add_option("--io", options->quantize.io,
                 "what the model takes and gives: int8, uint8, float32, or int8-pixels (the\n"
                 "input is pixel - 128; mean and std are folded into the first convolution)")
      ->transform(CLI::CheckedTransformer(kIo).description(""))
      ->type_name("TYPE")
      ->default_str("int8");
  app.add_option("--ranges", options->calibration.estimator,
                 "how activation ranges are estimated: min-max, moving-average, percentile, mse")
      ->transform(CLI::CheckedTransformer(kEstimators).description(""))
      ->type_name("NAME")
      ->default_str("mse");
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options, &app](const Environment& environment) -> Result<void> {
    NETFIT_TRY(check_flags(*options, app));
    return run_quantize(*options, environment);
  };
}

}  // namespace

constinit const Command kQuantize{"quantize", "makes an integer model, calibrated on training images", &set_up};

}  // namespace netfit::cli
