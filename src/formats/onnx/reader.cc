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

}  // namespace netfit::formats::onnx
