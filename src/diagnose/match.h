// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"

namespace netfit::diagnose {

/// Two values that hold the same thing in two forms of one network.
struct ValuePair {
  ir::ValueId a;
  ir::ValueId b;
};
struct NodePair {
  ir::NodeId a;
  ir::NodeId b;
};

struct Match {
  std::vector<ValuePair> values;  ///< activations, in the order of `b`
  std::vector<NodePair> nodes;    ///< in the order of `b`
  /// Of b. What one form may have fused counts for nothing: changes of precision and shape, pads, clamps, constant
  /// factors and summands.
  std::vector<ir::NodeId> unmatched_b;
};

/// Pairs what computes the same in both: first by walking both graphs from their inputs and outputs, op by op, looking
/// through requantize, pad, reshape, batch norms and clamps that one of them has fused; then by name. Several values of
/// b may have one partner, as what a requantize makes of a value still is that value; elements of a pair have the same
/// order, but their shapes may differ. Both optimized.
Match match_graphs(const ir::Graph& a, const ir::Graph& b);

}  // namespace netfit::diagnose
