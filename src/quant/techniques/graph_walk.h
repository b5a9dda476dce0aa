// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/samples.h"

namespace netfit::quant {

/// Runs a graph from its inputs to its end, all samples at once and in stretches, and keeps only the values that nodes
/// still to come read. The graph may change between two stretches, as long as its nodes and values stay and what has
/// been run stays as it was: a layer is decided when its data are there.
class GraphWalk {
 public:
  explicit GraphWalk(const Samples& samples) : samples_(samples) {}

  /// Runs every node in front of `stop`, or all that is left for an invalid id.
  Result<void> advance(const ir::Graph& graph, ir::NodeId stop);

  /// The result of a node that has been run, or an input of the graph, [n, ...], as long as a node to come reads it.
  const Tensor& value(ir::ValueId id) const { return known_.at(id); }
  /// The same as the reals that it stands for.
  Tensor reals(const ir::Graph& graph, ir::ValueId id) const;
  bool knows(ir::ValueId id) const { return known_.contains(id); }

 private:
  void take_inputs(const ir::Graph& graph);

  const Samples& samples_;
  std::unordered_map<ir::ValueId, Tensor> known_;
  std::unordered_set<ir::NodeId> done_;
  bool started_ = false;
};

/// The part of `graph` that computes `wanted`, starting from the values for which `known` says so, which become its
/// inputs.
ir::Graph cut_out(const ir::Graph& graph, const std::vector<ir::ValueId>& wanted,
                  const std::unordered_set<ir::ValueId>& known);

}  // namespace netfit::quant
