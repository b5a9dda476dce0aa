// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/storage.h"

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "ir/op_spec.h"

namespace netfit::quant {

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
