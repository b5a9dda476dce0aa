// SPDX-License-Identifier: Apache-2.0
#include "cli/model.h"
#include "cli/trained_model.h"

namespace netfit::cli {

Result<void> export_trained(const ir::Graph& graph, const std::filesystem::path& folder) {
  NETFIT_TRY(save_model(graph, folder / "network.onnx"));
  return {};
}

}  // namespace netfit::cli
