// SPDX-License-Identifier: Apache-2.0
#include "passes/eliminate_dead_nodes.h"

#include <algorithm>

#include "passes/wiring.h"

namespace netfit::passes {

Result<Change> eliminate_dead_nodes(ir::Graph& graph) {
  Wiring wiring(graph);
  Change change = Change::None;
  const auto is_unused = [&](ir::ValueId value) { return wiring.is_unused(value); };

  // Backwards, so that a node is seen after everything that could have used it.
  const std::vector<ir::NodeId> order(graph.order().begin(), graph.order().end());
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    if (!std::ranges::all_of(graph.node(*id).outputs, is_unused)) continue;
    wiring.erase(*id);
    change = Change::Made;
  }
  for (const ir::ValueId value : graph.values()) {
    if (!is_unused(value) || wiring.is_input(value) || wiring.producer(value).valid()) continue;
    graph.erase_value(value);
    change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
