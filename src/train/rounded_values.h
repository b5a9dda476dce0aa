// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph.h"

namespace netfit::train {

/// A value that an integer network rounds, in quantization-aware training.
struct Rounded {
  static constexpr int kNowhere = -1;

  int range = kNowhere;  ///< the number of its range; moved elements share their source's
  bool rounds = false;   ///< false: its elements lie on the grid already
  bool unit = false;     ///< the grid is the one that TFLite fixes for [0, 1]; there is no range
};

/// Of a graph.
struct RoundedValues {
  std::vector<Rounded> values;  ///< by value
  std::int64_t ranges = 0;
};

/// Where the integer network rounds that becomes of `graph`, which is as optimize_but_batch_norm leaves it: behind
/// batch norms that are folded and activations that are fused.
RoundedValues find_rounded(const ir::Graph& graph);

}  // namespace netfit::train
