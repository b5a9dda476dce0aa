// SPDX-License-Identifier: Apache-2.0
// Writes a network that computes what the given one computes and that int8 breaks; docs/quantization.md says more.
#include <array>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/files.h"
#include "base/parallel.h"
#include "collapse/collapse.h"
#include "data/dataset.h"
#include "data/preprocess.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "passes/pipelines.h"

namespace netfit {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSamples = 4096;

struct Arguments {
  std::string model;
  std::string output;
  std::string kind;
  std::string data = "build/cifar10";
  std::uint64_t seed = 0;
};

Result<collapse::Collapsed> collapse_expansions(ir::Graph& graph, const Arguments& arguments) {
  const data::Dataset train = NETFIT_TRY(data::open(
      "cifar10", {.split = data::Split::Train, .limit = kSamples, .cache = {arguments.data}, .embedded = {}}));
  const ir::GraphInput& input = graph.inputs.front();
  const auto chosen = NETFIT_TRY(data::choose_preprocessing(graph, input, std::nullopt));
  Tensor reals = NETFIT_TRY(data::preprocess(train.samples, graph.value(input.value), chosen.preprocessing));
  const quant::Samples samples{
      .inputs = {std::move(reals)},
      .engine = {.options = {.threads = base::available_threads()}, .fallback = interp::make_node_runner()},
      .progress = base::no_progress()};
  return collapse::collapse_expansions(graph, samples, arguments.seed);
}

Result<void> run(const Arguments& arguments) {
  const formats::Format* format = NETFIT_TRY(formats::format_for(arguments.output));
  const base::Bytes bytes = NETFIT_TRY(base::read_file(arguments.model));
  ir::Graph graph = NETFIT_TRY(formats::read(bytes, arguments.model));
  NETFIT_TRY(passes::canonicalize(graph));
  NETFIT_TRY(passes::optimize(graph));
  const collapse::Collapsed collapsed = arguments.kind == "stream" ? collapse::collapse_streams(graph, arguments.seed)
                                                                   : NETFIT_TRY(collapse_expansions(graph, arguments));
  const base::Bytes written = NETFIT_TRY(format->write(graph));
  NETFIT_TRY(base::write_file(arguments.output, written));
  fmt::print("{}: {} of {} channels scaled\n", arguments.output, collapsed.scaled, collapsed.eligible);
  return {};
}

}  // namespace
}  // namespace netfit

int main(int argc, char** argv) {
  netfit::Arguments arguments;
  CLI::App app("Scales channels of a float network by powers of two that the layers behind undo");
  app.add_option("model", arguments.model, "float network, .onnx or .tflite")->required()->check(CLI::ExistingFile);
  app.add_option("-o,--output", arguments.output, "file to write, .onnx or .tflite")->required();
  app.add_option("--kind", arguments.kind, "which channels")->required()->check(CLI::IsMember({"stream", "expansion"}));
  app.add_option("--seed", arguments.seed, "of the random factors and channels");
  app.add_option("--data", arguments.data, "folder of the CIFAR-10 binary files, for expansion");
  CLI11_PARSE(app, argc, argv);
  const netfit::Result<void> result = netfit::run(arguments);
  if (result) return 0;
  fmt::print(stderr, "{}\n", result.error().text());
  return 1;
}
