// SPDX-License-Identifier: Apache-2.0
#include "cli/executors.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "exec/fast.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "ir/ops/conv.h"
#include "passes/pipelines.h"

namespace netfit::cli {
namespace {

// The bytes that a runtime loads, and the graph that our importer makes of exactly these bytes.
struct RuntimeFile {
  base::Bytes bytes;
  ir::Graph graph;
};

Result<RuntimeFile> file_for(const Model& model, std::string_view format_name) {
  if (model.format == format_name) return RuntimeFile{model.bytes, model.graph};
  const formats::Format* format = NETFIT_TRY(formats::format_for(fmt::format("model.{}", format_name)));
  const ir::Graph exportable = NETFIT_TRY(optimized(model));
  RuntimeFile file;
  file.bytes = NETFIT_TRY(with_context(format->write(exportable), fmt::format("while exporting to {}", format_name)));
  file.graph = NETFIT_TRY(format->read(file.bytes));
  NETFIT_TRY(passes::canonicalize(file.graph));
  return file;
}

}  // namespace

void add_executor_flag(CLI::App& app, std::string& executor) {
  app.add_option("--executor", executor, "fast, reference (the interpreter), litert or onnxruntime")
      ->check(CLI::IsMember({"fast", "reference", "litert", "onnxruntime"}))
      ->type_name("NAME")
      ->capture_default_str();
}

Result<std::unique_ptr<exec::Executor>> make_executor(std::string_view name, const Model& model, int threads,
                                                      const Environment& environment) {
  const exec::ExecutorOptions options{.threads = threads};
  if (name == "reference") return NETFIT_TRY(interp::create_interpreter(model.graph, options));
  if (name == "litert") {
    const exec::RuntimeLibrary library = NETFIT_TRY(exec::find_litert(environment.site_packages));
    RuntimeFile file = NETFIT_TRY(file_for(model, "tflite"));
    return exec::create_litert(library, std::move(file.bytes), file.graph, exec::LitertKernels::Default, options);
  }
  if (name == "onnxruntime") {
    const exec::RuntimeLibrary library = NETFIT_TRY(exec::find_onnxruntime(environment.site_packages));
    RuntimeFile file = NETFIT_TRY(file_for(model, "onnx"));
    return exec::create_onnxruntime(library, std::move(file.bytes), file.graph, options);
  }
  const ir::Graph graph = NETFIT_TRY(optimized(model));
  return exec::create_fast(graph, options, interp::make_node_runner());
}

Result<std::unique_ptr<exec::Invocation>> make_invocation(std::string_view runtime, const Model& model, int threads,
                                                          const Environment& environment) {
  if (runtime == "litert") {
    const exec::RuntimeLibrary library = NETFIT_TRY(exec::find_litert(environment.site_packages));
    RuntimeFile file = NETFIT_TRY(file_for(model, "tflite"));
    return exec::create_litert_invocation(library, std::move(file.bytes), file.graph, threads);
  }
  if (runtime == "onnxruntime") {
    const exec::RuntimeLibrary library = NETFIT_TRY(exec::find_onnxruntime(environment.site_packages));
    RuntimeFile file = NETFIT_TRY(file_for(model, "onnx"));
    return exec::create_onnxruntime_invocation(library, std::move(file.bytes), file.graph, threads);
  }
  const ir::Graph graph = NETFIT_TRY(optimized(model));
  return exec::create_fast_invocation(graph, interp::make_node_runner());
}

Result<exec::RuntimeLibrary> find_runtime(const Model& model, const Environment& environment) {
  if (model.format == "tflite") return exec::find_litert(environment.site_packages);
  if (model.format == "onnx") return exec::find_onnxruntime(environment.site_packages);
  return bad_input(fmt::format("no runtime runs files of format '{}' (allowed: tflite, onnx)", model.format));
}

void note_fallbacks(const std::string& executor, const std::vector<std::string>& nodes,
                    const Environment& environment) {
  if (nodes.empty()) return;
  note(environment, fmt::format("{} lacks {} node(s), which ran in the interpreter: {}", executor, nodes.size(),
                                base::printable(base::join(nodes, ", "))));
}

void note_fallbacks(const exec::Executor& executor, const Environment& environment) {
  note_fallbacks(executor.name(), executor.fallback_nodes(), environment);
}

void note_dynamic_range(const exec::Executor& executor, const ir::Graph& graph, const Environment& environment) {
  const auto is_hybrid = [&](ir::NodeId id) { return ir::is_hybrid(ir::NodeView(graph, graph.node(id))); };
  if (!executor.name().starts_with("fast") || std::ranges::none_of(graph.order(), is_hybrid)) return;
  // The agreement is that of tests/integration/schemes_test.cc (docs/quantization.md).
  note(environment,
       "dynamic range: data stay float in fast; for the networks of the zoo it picks LiteRT's class on\n"
       "  99.9 % of 10,000 images");
}

}  // namespace netfit::cli
