// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "ir/graph_cost.h"
#include "train/pruning/importance.h"

namespace netfit::train {

/// Whether channels are compared by what they matter, or by that divided by what their removal saves. The second is for
/// an importance whose unit is the same everywhere, such as a change of the loss.
enum class Ranking : std::uint8_t { Plain, ForSaving };

struct ChannelTarget {
  ir::GraphCost cost;         ///< asked some dozen times for each choice, of graphs with weights
  double allowed = 0;         ///< the cost of what stays is at most this
  std::int64_t multiple = 8;  ///< of channels that a value keeps, where it loses any
  Ranking ranking = Ranking::Plain;
};

/// Which strands go (by strand) so that the cost is what is allowed: those that matter least, in blocks that leave each
/// value a multiple of channels, and no more blocks than it takes. Channels of which some are pinned or not ranked
/// stay. None go if the cost is allowed as it is. Fails if it cannot be reached, saying what can, and if no channel can
/// go.
Result<std::vector<bool>> choose_channels(const ir::Graph& graph, const passes::ChannelStrands& strands,
                                          const Importance& importance, const ChannelTarget& target);

}  // namespace netfit::train
