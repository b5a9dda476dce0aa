// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/model.h"
#include "exec/executor.h"
#include "exec/invocation.h"
#include "exec/runtime.h"

namespace CLI {
class App;
}

namespace netfit::cli {

/// --executor: fast, reference, litert or onnxruntime.
void add_executor_flag(CLI::App& app, std::string& executor);

/// An executor for the model by name. fast runs the optimized graph, reference the graph as it was imported, litert and
/// onnxruntime the file itself (or an export, if the file has another format).
Result<std::unique_ptr<exec::Executor>> make_executor(std::string_view name, const Model& model, int threads,
                                                      const Environment& environment);

/// One sample of the model in a runtime, for timing: litert and onnxruntime with `threads` of their own, the file
/// itself or an export as for make_executor; netfit is the fast executor, which has one thread.
Result<std::unique_ptr<exec::Invocation>> make_invocation(std::string_view runtime, const Model& model, int threads,
                                                          const Environment& environment);

/// The real runtime that runs files of the model's format: LiteRT for .tflite, ONNX Runtime for .onnx.
Result<exec::RuntimeLibrary> find_runtime(const Model& model, const Environment& environment);

/// Tells the user which nodes did not run on the executor's own backend.
void note_fallbacks(const std::string& executor, const std::vector<std::string>& nodes, const Environment& environment);
void note_fallbacks(const exec::Executor& executor, const Environment& environment);

/// Tells the user that `fast` keeps the data of dynamic range layers float, if the model has such layers.
void note_dynamic_range(const exec::Executor& executor, const ir::Graph& graph, const Environment& environment);

}  // namespace netfit::cli
