// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "ir/graph.h"

namespace netfit::passes {

/// Who produces and who reads each value, kept true while a pass rewires the graph through it. ir::Uses is a snapshot;
/// a pass that took a new one after every change would cost quadratic time on a file with many nodes.
class Wiring {
 public:
  explicit Wiring(ir::Graph& graph);

  ir::Graph& graph() const { return graph_; }

  /// Invalid for graph inputs and constants.
  ir::NodeId producer(ir::ValueId value) const { return edge(value).producer; }
  /// The node of kind `op` that produces `value`, else invalid.
  ir::NodeId producer_of_kind(ir::ValueId value, const ir::OpSpec& op) const;
  /// Each reader once for every input that names the value.
  const std::vector<ir::NodeId>& readers(ir::ValueId value) const { return edge(value).readers; }
  bool is_output(ir::ValueId value) const { return edge(value).outputs > 0; }
  bool is_input(ir::ValueId value) const { return edge(value).is_input; }
  /// Exactly one reader, and not an output of the graph: whoever reads it may swallow its producer.
  bool has_single_reader(ir::ValueId value) const { return readers(value).size() == 1 && !is_output(value); }
  bool is_unused(ir::ValueId value) const { return readers(value).empty() && !is_output(value); }

  void set_input(ir::NodeId node, std::size_t i, ir::ValueId value);
  void set_inputs(ir::NodeId node, std::vector<ir::ValueId> values);

  /// Gives `node`'s result to a new value and returns that; the old one has no producer until another node is given it.
  ir::ValueId detach_result(ir::NodeId node, ir::Value value);
  /// The graph takes a new value in the place of `input`'s, which has no producer until a node is given it.
  ir::ValueId replace_input(ir::GraphInput& input, ir::Value value);
  /// Inserts `node` before `before` (at the end if invalid). Its output may be a value without a producer.
  ir::NodeId insert(ir::NodeId before, ir::Node node);
  ir::ValueId add_constant(std::string name, Tensor tensor, std::optional<QuantParams> quant = std::nullopt);

  /// From now on `producer` computes what `reader` gave; `reader` goes, and so does the value between them, which must
  /// have no other use.
  void swallow(ir::NodeId producer, ir::NodeId reader);
  /// Everything that reads `from` reads `to`. False, and nothing changes, where both are known by name outside: an
  /// output of the graph cannot become an alias of an input, a constant or another output.
  bool replace(ir::ValueId from, ir::ValueId to);
  /// The graph gives `to`, under the name of `from`, where it gave `from`. False under the same conditions.
  bool move_output(ir::ValueId from, ir::ValueId to);
  /// Removes a node; its result is a constant from now on.
  void become_constant(ir::NodeId node, Tensor elements);
  /// Removes a node whose result nothing uses, with the result.
  void erase(ir::NodeId node);

 private:
  struct Edge {
    ir::NodeId producer;
    std::vector<ir::NodeId> readers;
    int outputs = 0;
    bool is_input = false;
  };
  const Edge& edge(ir::ValueId value) const { return edges_.at(static_cast<std::size_t>(value.index)); }
  Edge& edge(ir::ValueId value);
  void drop_reader(ir::ValueId value, ir::NodeId reader);

  ir::Graph& graph_;
  std::vector<Edge> edges_;
};

}  // namespace netfit::passes
