// SPDX-License-Identifier: Apache-2.0
#include "cli/trained_model.h"

#include <fmt/format.h>

#include "base/text.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "tensor/safetensors.h"

namespace netfit::cli {
namespace {

constexpr const char* kNetwork = "netfit.network";

Result<ir::Graph> assemble(tensor::Safetensors file) {
  const auto network = file.metadata.find(kNetwork);
  if (network == file.metadata.end()) return bad_input(fmt::format("has no network (metadata '{}')", kNetwork));
  ir::Graph graph = NETFIT_TRY(with_context(ir::parse(network->second), "in its network"));
  std::size_t used = 0;
  for (const ir::ValueId id : graph.values()) {
    ir::Value& value = graph.value(id);
    if (!value.is_constant()) continue;
    const auto tensor = file.tensors.find(value.name);
    if (tensor == file.tensors.end() || tensor->second.shape() != value.shape ||
        tensor->second.dtype() != value.dtype) {
      return bad_input(
          fmt::format("has no tensor '{}' of {}", base::printable(value.name, 80), to_string(value.shape)));
    }
    value.constant = std::move(tensor->second);
    ++used;
  }
  if (used != file.tensors.size())
    return bad_input(fmt::format("has {} tensors, its network {} constants", file.tensors.size(), used));
  graph.weights = ir::Weights::Present;
  return graph;
}

}  // namespace

Result<void> save_trained(const ir::Graph& graph, const std::filesystem::path& path) {
  ir::Graph structure = graph;
  structure.weights = ir::Weights::Absent;
  tensor::Safetensors file{.metadata = {{kNetwork, ir::print(structure)}}};
  for (const ir::ValueId id : graph.values()) {
    const ir::Value& value = graph.value(id);
    if (value.is_constant()) file.tensors.emplace(value.name, *value.constant);
  }
  return tensor::write_safetensors(file, path);
}

Result<ir::Graph> load_trained(const std::filesystem::path& path) {
  return located(assemble(NETFIT_TRY(tensor::read_safetensors(path))), base::printable(path.string()));
}

}  // namespace netfit::cli
