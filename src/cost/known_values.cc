// SPDX-License-Identifier: Apache-2.0
#include "cost/known_values.h"

#include <algorithm>

namespace netfit::cost {

KnownValues::KnownValues(const ir::Graph& graph) {
  known_.assign(graph.value_id_limit(), false);
  for (const ir::ValueId id : graph.values())
    known_[static_cast<std::size_t>(id.index)] = graph.value(id).is_constant();
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    if (!is_known(node)) continue;
    for (const ir::ValueId output : node.outputs) known_[static_cast<std::size_t>(output.index)] = true;
  }
}

bool KnownValues::is_known(const ir::Node& node) const {
  return std::ranges::all_of(node.inputs, [&](ir::ValueId input) { return !input.valid() || contains(input); });
}

}  // namespace netfit::cost
