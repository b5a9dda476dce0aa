// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "draw.h"
#include "workbench.h"

namespace netfit::gone_wrong {

struct SpreadOptions {
  double share = 1.0;      ///< of the channels that can be scaled
  std::int64_t steps = 6;  ///< factors from 2^-steps to 1
  bool one_group = false;  ///< instead of all
};

/// A network whose float function is unchanged while its channels are no longer alike.
struct SpreadNetwork {
  ir::Graph graph;
  std::vector<ir::ValueId> values;     ///< of the group, if it is one
  std::vector<std::int64_t> channels;  ///< that were scaled in it
  ir::NodeId layer;                    ///< that writes the group's first value
};

/// Scales channels between a layer and the next by random powers of two, where no relu6 saturates.
Result<SpreadNetwork> spread_between_layers(const Workbench& bench, Draw& draw, const SpreadOptions& options);

}  // namespace netfit::gone_wrong
