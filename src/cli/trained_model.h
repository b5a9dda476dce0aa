// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/result.h"
#include "ir/graph.h"

// What `train` makes: a .safetensors file with the network in text form and its constants by name. It needs no format's
// library, so that it travels to and from a machine that has only libtorch.
namespace netfit::cli {

/// The graph as it is trained: float32, batch norms kept.
Result<void> save_trained(const ir::Graph& graph, const std::filesystem::path& path);

/// Fails, located, unless the tensors are exactly the constants of the network.
Result<ir::Graph> load_trained(const std::filesystem::path& path);

/// Writes network.onnx, batch norms kept, beside it; does nothing where this netfit was built without that format.
Result<void> export_trained(const ir::Graph& graph, const std::filesystem::path& folder);

}  // namespace netfit::cli
