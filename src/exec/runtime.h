// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "exec/executor.h"

namespace netfit::exec {

/// A real runtime found on this host: a shared library inside its Python wheel. Nothing links against it.
struct RuntimeLibrary {
  std::string name;     ///< "litert" or "onnxruntime"
  std::string version;  ///< from the wheel's metadata, "unknown" if there is none
  std::filesystem::path path;
};

/// Looks for `libLiteRt.so` or `libonnxruntime.so.*` below each of `site_packages`; the first hit wins. Fails with
/// MissingProgram, saying where it looked.
Result<RuntimeLibrary> find_litert(std::span<const std::filesystem::path> site_packages);
Result<RuntimeLibrary> find_onnxruntime(std::span<const std::filesystem::path> site_packages);

enum class LitertKernels { Default, Reference };

/// Runs a .tflite file in LiteRT. `graph` is what our importer made of the same bytes: it tells names, types and
/// layouts of inputs and outputs, so that the executor takes and gives tensors in graph layout like any other.
Result<std::unique_ptr<Executor>> create_litert(const RuntimeLibrary& library, base::Bytes file, const ir::Graph& graph,
                                                LitertKernels kernels, const ExecutorOptions& options);

/// Runs an .onnx file in ONNX Runtime; the rest as for LiteRT.
Result<std::unique_ptr<Executor>> create_onnxruntime(const RuntimeLibrary& library, base::Bytes file,
                                                     const ir::Graph& graph, const ExecutorOptions& options);

}  // namespace netfit::exec
