// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "ir/op_spec.h"

namespace netfit::ir {

/// Adds nodes whose result types follow from the op, so that whoever builds a graph states each shape once.
class Builder {
 public:
  explicit Builder(Graph& graph) : graph_(graph) {}

  Graph& graph() { return graph_; }

  /// Adds `op` behind all other nodes and returns its result, named `name`. Fails with the op's own reason if the
  /// inputs do not fit.
  Result<ValueId> add(const OpSpec& op, std::vector<ValueId> inputs, Attrs attrs, std::string name);

  /// The same before an existing node.
  Result<ValueId> insert(NodeId before, const OpSpec& op, std::vector<ValueId> inputs, Attrs attrs, std::string name);

  ValueId input(std::string name, DType dtype, Shape shape);
  void output(ValueId value) { graph_.outputs.push_back({value}); }

 private:
  Graph& graph_;
};

/// The type that `node` would have in `graph`; checks the number of inputs, then asks the op.
Result<TensorType> infer_type(const Graph& graph, const Node& node);

}  // namespace netfit::ir
