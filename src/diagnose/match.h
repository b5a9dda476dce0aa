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
  std::vector<ValuePair> values;        ///< activations, in the order of `b`
  std::vector<NodePair> nodes;          ///< in the order of `b`
  std::vector<ir::NodeId> unmatched_b;  ///< but for requantize nodes, which stand for nothing
};

/// Pairs what computes the same in both: first by walking both graphs from their inputs and outputs, op by op, looking
/// through requantize, pad, reshape and clamps that one of them has fused; then by name. Both optimized.
Match match_graphs(const ir::Graph& a, const ir::Graph& b);

}  // namespace netfit::diagnose
