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
  std::string path;    ///< as the user gave it
  std::string name;    ///< the file's name without folder and extension: how answers call the model
  std::string format;  ///< "tflite", "onnx" or "text"
  base::Bytes bytes;   ///< the file itself
  ir::Graph graph;     ///< canonical: channels-last, no shape arithmetic; batch norm and activations as in the file
};

/// Reads a .tflite, an .onnx or the text form; "-" is the text form on standard input.
Result<Model> load_model(const std::string& path, const Environment& environment);

/// The model's graph with batch norm folded and activations fused: what is executed fast, quantized and exported.
Result<ir::Graph> optimized(const Model& model);

/// Writes `graph` in the format that the extension of `path` names; returns the number of bytes.
Result<std::int64_t> save_model(const ir::Graph& graph, const std::filesystem::path& path);

}  // namespace netfit::cli
