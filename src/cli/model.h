// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/files.h"
#include "base/result.h"
#include "cli/environment.h"
#include "ir/graph.h"

namespace netfit::cli {

/// A model file, read and imported.
struct Model {
  std::string path;  ///< as the user gave it
  std::string
      name;  ///< the file's name without folder and extension, or the canonical architecture: how answers call it
  std::string format;  ///< "tflite", "onnx", "ncnn", "safetensors", "text" or "arch"
  base::Bytes bytes;   ///< the file itself; empty for an architecture and a .safetensors
  ir::Graph graph;     ///< canonical: channels-last, no shape arithmetic; batch norm and activations as in the file
};

/// Reads a .tflite, an .onnx, the .safetensors of a training or the text form; "-" is the text form on standard input.
/// Refuses what has no weights.
Result<Model> load_model(const std::string& path, const Environment& environment);

/// The same for commands that need the structure alone: also an ncnn .param, and an architecture by name
/// ("mobilenet_v2:alpha=0.35") unless a file is called so. Their graphs have ir::Weights::Absent.
Result<Model> load_structure(const std::string& path, const Environment& environment);

/// The model's graph with batch norm folded and activations fused: what is executed fast, quantized and exported.
Result<ir::Graph> optimized(const Model& model);

/// Refuses a graph that is quantized already, of the file `path`.
Result<void> check_float(const ir::Graph& graph, const std::string& path);

/// Writes `graph` in the format that the extension of `path` names; returns the number of bytes.
Result<std::int64_t> save_model(const ir::Graph& graph, const std::filesystem::path& path);

}  // namespace netfit::cli
