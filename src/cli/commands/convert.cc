// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/answers/making.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "cli/trained_model.h"
#include "formats/catalog.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string input;
  std::string output;
  bool keep_batch_norm = false;
  bool json = false;
};

// A training's own form keeps what is trained as it is.
Result<std::int64_t> write_trained(const Model& model, const std::string& path) {
  NETFIT_TRY(check_float(model.graph, model.path));
  NETFIT_TRY(save_trained(model.graph, path));
  return static_cast<std::int64_t>(std::filesystem::file_size(path));
}

Result<std::int64_t> write_model(const Options& options, const Model& model) {
  const ir::Graph graph = options.keep_batch_norm ? model.graph : NETFIT_TRY(optimized(model));
  const std::optional<formats::MakingRecord> record = NETFIT_TRY(making_record_of(model));
  return save_with_record(graph, options.output, record);
}

Result<void> run_convert(const Options& options, const Environment& environment) {
  const bool trained = options.output.ends_with(".safetensors");
  const formats::Format* format = trained ? nullptr : NETFIT_TRY(formats::format_for(options.output));
  if (options.keep_batch_norm && (trained || format->name != "onnx"))
    return bad_usage("--keep-batch-norm applies to .onnx only");
  const Model model = NETFIT_TRY(load_model(options.input, environment));
  const std::int64_t bytes =
      trained ? NETFIT_TRY(write_trained(model, options.output)) : NETFIT_TRY(write_model(options, model));
  if (options.json) {
    print_json({{"output", options.output}, {"bytes", bytes}, {"from", model.format}}, environment);
  } else {
    fmt::print(environment.out, "{}: {} bytes\n", options.output, grouped(bytes));
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("input", options->input, "an .onnx, a .tflite or the .safetensors of a training")
      ->required()
      ->type_name("IN");
  app.add_option("-o,--output", options->output,
                 "the file to write; its extension is its format: .tflite, .onnx, or\n"
                 ".safetensors, which `train` goes on from")
      ->required()
      ->type_name("OUT");
  app.add_flag("--keep-batch-norm", options->keep_batch_norm,
               "leave batch norms beside the convolutions, so that training can go on\n"
               "(.onnx only); else they are folded");
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_convert(*options, environment); };
}

}  // namespace

constinit const Command kConvert{"convert", "writes a model in another format", &set_up};

}  // namespace netfit::cli
