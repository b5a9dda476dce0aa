// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/model.h"
#include "exec/executor.h"
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

/// The real runtime that runs files of the model's format: LiteRT for .tflite, ONNX Runtime for .onnx.
Result<exec::RuntimeLibrary> find_runtime(const Model& model, const Environment& environment);

/// Tells the user which nodes did not run on the executor's own backend.
void note_fallbacks(const exec::Executor& executor, const Environment& environment);

}  // namespace netfit::cli
