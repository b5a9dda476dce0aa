// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/import_graph.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/quantized_nodes.h"
#include "ir/verifier.h"

namespace netfit::formats::onnx {

Result<ir::Graph> read(std::span<const std::byte> bytes) {
  const Model model = NETFIT_TRY(load_model(bytes));
  ImportState state(model);
  if (!model.graph().name().empty()) state.graph.name = model.graph().name();
  NETFIT_TRY(import_inputs(state));
  NETFIT_TRY(import_nodes(state));
  NETFIT_TRY(import_outputs(state));
  ir::Graph graph = NETFIT_TRY(fold_quantized_nodes(std::move(state.graph), state.quantized_constants));
  name_outputs(model, graph);
  NETFIT_TRY(import_metadata(model, graph));
  NETFIT_TRY(ir::verify(graph));
  return graph;
}

Result<std::optional<MakingRecord>> read_record(std::span<const std::byte> bytes) {
  const Model model = NETFIT_TRY(load_model(bytes));
  for (const proto::StringStringEntry& entry : model.proto.metadata_props()) {
    if (entry.key() == kMakingKey) return NETFIT_TRY(parse_making_record(entry.value()));
  }
  return std::nullopt;
}

}  // namespace netfit::formats::onnx
