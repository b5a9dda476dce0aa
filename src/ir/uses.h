// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace netfit::ir {

/// Who produces and who reads each value: a snapshot of a graph, stale as soon as a node is added, erased or rewired.
class Uses {
 public:
  explicit Uses(const Graph& graph);

  /// The node whose result the value is; invalid for graph inputs and constants.
  NodeId producer(ValueId value) const;
  /// Nodes that read the value, in order, each once for every input that names it.
  const std::vector<NodeId>& readers(ValueId value) const;
  bool is_output(ValueId value) const;
  /// Exactly one reader, and not an output of the graph: whoever reads it may swallow its producer.
  bool has_single_reader(ValueId value) const;

 private:
  std::unordered_map<ValueId, NodeId> producers_;
  std::unordered_map<ValueId, std::vector<NodeId>> readers_;
  std::unordered_map<ValueId, bool> outputs_;
};

}  // namespace netfit::ir
