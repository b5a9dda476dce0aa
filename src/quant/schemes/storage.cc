// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/storage.h"

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "ir/op_spec.h"
#include "ir/ops/requantize.h"

namespace netfit::quant {

void store_widened(passes::Wiring& wiring, ir::ValueId id, const std::vector<ir::NodeId>& readers, Stored stored) {
  ir::Graph& graph = wiring.graph();
  ir::Value widened{.name = graph.value(id).name + "_f32", .dtype = DType::Float32, .shape = graph.value(id).shape};
  const std::string name = widened.name;
  const ir::ValueId result = graph.add_value(std::move(widened));
  const bool shared = readers.size() < wiring.readers(id).size() || wiring.is_output(id);
  for (const ir::NodeId reader : readers) {
    for (std::size_t i = 0; i < graph.node(reader).inputs.size(); ++i) {
      if (graph.node(reader).inputs[i] == id) wiring.set_input(reader, i, result);
    }
  }
  if (shared) {
    const std::string own_name = graph.value(id).name;
    id = wiring.add_constant(own_name, std::move(stored.elements), std::move(stored.params));
  } else {
    ir::Value& own = graph.value(id);
    own.dtype = stored.elements.dtype();
    own.quant = std::move(stored.params);
    own.constant = std::move(stored.elements);
  }
  wiring.insert(readers.front(), {.name = name,
                                  .op = &ir::kRequantize,
                                  .attrs = ir::Attrs::of(ir::RequantizeAttrs{DType::Float32}),
                                  .inputs = {id},
                                  .outputs = {result}});
}

Result<void> check_float(const ir::Graph& graph, std::string_view scheme) {
  Diagnostics faults;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      if (!node.has_input(i) || node.input(i).dtype == DType::Float32) continue;
      faults.error(describe(node), fmt::format("reads '{}', which is {} already ({} starts from f32)",
                                               base::printable(node.input(i).name), name(node.input(i).dtype), scheme));
      break;
    }
  }
  return faults.result();
}

}  // namespace netfit::quant
