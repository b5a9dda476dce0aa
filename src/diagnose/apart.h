// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::diagnose {

/// A graph in which every node computes for itself, on data that it is given instead of what the nodes before computed.
struct Apart {
  ir::Graph graph;                   ///< inputs in f32, each behind it in the type and parameters that nodes take
  std::vector<ir::ValueId> inputs;   ///< the value of the original that each input of `graph` stands for
  std::vector<ir::ValueId> outputs;  ///< likewise
};

/// Keeps the nodes whose data are all among `known`, and whose result is, too. No inputs if there is none.
Result<Apart> take_apart(const ir::Graph& graph, const std::unordered_set<ir::ValueId>& known);

}  // namespace netfit::diagnose
