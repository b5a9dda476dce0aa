// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "ir/attr_types.h"
#include "ir/op_spec.h"

namespace netfit::diagnose {

/// What one form of a network may have fused and another not: how far a value is from its landmark.
struct Stage {
  ir::ValueId value;
  int factors = 0;  ///< multiplications and additions of constants and batch norms in between
  ir::ActivationRange clamp;
};

/// A graph input, or a node that every form of a network has: not one that only changes precision, pads, reshapes,
/// clamps, or combines its data with constants. The values that follow from it through such nodes are its wake.
struct Landmark {
  /// What landmarks that may be the same have in common: the op, or one that does the same; elements of the result;
  /// elements of the weights. Inputs have no op.
  using Kind = std::tuple<const ir::OpSpec*, std::int64_t, std::int64_t>;

  ir::NodeId node;                  ///< invalid for a graph input
  std::vector<std::size_t> inputs;  ///< landmarks in whose wakes the data lie, in the node's order
  std::vector<Stage> wake;          ///< its own result first
  Kind kind;
};

/// Where a value lies: a landmark, and a place in its wake.
struct Place {
  std::size_t landmark;
  std::size_t stage;
};

struct Landmarks {
  std::vector<Landmark> all;                      ///< inputs, then nodes in the graph's order
  std::unordered_map<ir::ValueId, Place> places;  ///< of every value that is no constant and follows from data
};

Landmarks find_landmarks(const ir::Graph& graph);

}  // namespace netfit::diagnose
