// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
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
  std::span<const NodeId> readers(ValueId value) const;
  bool is_output(ValueId value) const;
  /// Exactly one reader, and not an output of the graph: whoever reads it may swallow its producer.
  bool has_single_reader(ValueId value) const;

 private:
  // A value that came later has neither.
  bool knows(ValueId value) const { return value.valid() && static_cast<std::size_t>(value.index) < producers_.size(); }

  std::vector<NodeId> producers_;    // by value
  std::vector<std::size_t> begins_;  // by value: of its readers; one more at the end
  std::vector<NodeId> readers_;      // of all values, one after the other
  std::vector<bool> outputs_;        // by value
};

}  // namespace netfit::ir
