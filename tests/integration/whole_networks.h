// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include "base/files.h"
#include "base/parallel.h"
#include "data/dataset.h"
#include "data/preprocess.h"
#include "data/subset.h"
#include "exec/engine.h"
#include "exec/runtime.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "passes/pipelines.h"
#include "quant/quantize.h"
#include "support/paths.h"

// Whole networks as files, what becomes of them, and their outputs: what the acceptance tests share.
namespace netfit::whole_networks {

inline constexpr const char* kSmall = "mobilenetv2_cifar10_450k.onnx";
inline constexpr const char* kLarge = "mobilenetv2_cifar10_w1.0.onnx";

/// The value, or the end of the test with the fault: this throws, which GoogleTest reports.
template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  return *std::move(result);
}

/// A file and what our importer makes of exactly these bytes, in canonical form.
struct ModelFile {
  std::string extension;
  base::Bytes bytes;
  ir::Graph graph;
};

inline ModelFile load(base::Bytes bytes, const std::filesystem::path& path) {
  ModelFile file{path.extension(), std::move(bytes), {}};
  file.graph = must(formats::read(file.bytes, path));
  must(passes::canonicalize(file.graph));
  return file;
}

inline ModelFile load(const std::filesystem::path& path) { return load(must(base::read_file(path)), path); }

inline ModelFile write(const ir::Graph& graph, const std::string& extension) {
  const std::filesystem::path path = "model" + extension;
  return load(must(must(formats::format_for(path))->write(graph)), path);
}

inline ir::Graph optimized(ir::Graph graph) {
  must(passes::optimize(graph));
  return graph;
}

/// As `netfit convert` does it.
inline ModelFile convert(const ModelFile& file, const std::string& extension) {
  return write(optimized(file.graph), extension);
}

/// What the tests of this file's readers need beside the repository and do not find here; empty if nothing.
inline std::string missing() {
  if (!support::cifar10()) return "the CIFAR-10 binary files are not there";
  for (const auto& find : {exec::find_litert, exec::find_onnxruntime}) {
    const auto library = find(support::site_packages());
    if (!library) return library.error().text();
  }
  return "";
}

inline data::Dataset images(data::Split split, std::optional<std::int64_t> limit) {
  return must(data::open("cifar10", {.split = split, .limit = limit, .cache = {*support::cifar10()}, .embedded = {}}));
}

/// Images as the network takes them.
inline Tensor input_of(const ir::Graph& graph, const data::Dataset& dataset) {
  const ir::GraphInput& input = graph.inputs.front();
  const auto chosen = must(data::choose_preprocessing(graph, input, std::nullopt));
  return must(data::preprocess(dataset.samples, graph.value(input.value), chosen.preprocessing));
}

/// On all CPUs.
inline const exec::Engine& engine() {
  static const exec::Engine made{.options = {.threads = base::available_threads()},
                                 .fallback = interp::make_node_runner()};
  return made;
}

inline ir::Graph zoo_network(const std::string& network) { return optimized(load(support::zoo() / network).graph); }

/// The ranges of a network of the zoo with the program's default settings; found once a process.
inline const quant::Ranges& ranges_of(const std::string& network) {
  static std::map<std::string, quant::Ranges> known;
  const auto place = known.find(network);
  if (place != known.end()) return place->second;
  const ir::Graph graph = zoo_network(network);
  const data::Dataset chosen = data::choose_samples(images(data::Split::Train, std::nullopt), 512, 0);
  const auto executor = must(exec::create_fast_observable(graph, engine()));
  return known
      .emplace(network,
               must(quant::calibrate(graph, *executor, std::array{input_of(graph, chosen)}, {}, base::no_progress())))
      .first->second;
}

/// The int8 graph of a network of the zoo with the program's default settings.
inline ir::Graph quantized(const std::string& network, quant::Io io = quant::Io::Int8) {
  return must(quant::quantize_int8(zoo_network(network), ranges_of(network), {.io = io}));
}

// The first output of each executor, computed on all CPUs.
inline Tensor first_output(exec::Executor& executor, const Tensor& input) {
  return must(executor.run(std::array{input}, base::no_progress())).front();
}

inline Tensor interpret(const ModelFile& file, const Tensor& input) {
  return first_output(*must(interp::create_interpreter(file.graph, {.threads = base::available_threads()})), input);
}

inline Tensor run_fast(const ir::Graph& optimized, const Tensor& input) {
  return first_output(*must(exec::create_fast(optimized, engine())), input);
}

inline Tensor run_fast(const ModelFile& file, const Tensor& input) { return run_fast(optimized(file.graph), input); }

inline Tensor run_litert(const ModelFile& file, exec::LitertKernels kernels, const Tensor& input) {
  const auto library = must(exec::find_litert(support::site_packages()));
  const auto executor =
      must(exec::create_litert(library, file.bytes, file.graph, kernels, {.threads = base::available_threads()}));
  return first_output(*executor, input);
}

/// In LiteRT's default kernels or ONNX Runtime, whichever runs such files.
inline Tensor run_in_runtime(const ModelFile& file, const Tensor& input) {
  if (file.extension == ".tflite") return run_litert(file, exec::LitertKernels::Default, input);
  const auto library = must(exec::find_onnxruntime(support::site_packages()));
  const auto executor =
      must(exec::create_onnxruntime(library, file.bytes, file.graph, {.threads = base::available_threads()}));
  return first_output(*executor, input);
}

}  // namespace netfit::whole_networks
