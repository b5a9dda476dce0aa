// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "draw.h"
#include "workbench.h"

namespace netfit::gone_wrong {

/// Of one channel of a value over the training images and all places.
struct ChannelStatistics {
  double mean = 0.0;
  double variance = 0.0;
  double lowest = 0.0;
  double highest = 0.0;
};

using StatisticsOfValues = std::unordered_map<ir::ValueId, std::vector<ChannelStatistics>>;

/// Of the results of all layers of an optimized float graph.
Result<StatisticsOfValues> layer_results(const Workbench& bench, const ir::Graph& optimized);

/// Of one layer's result without the activation that it fuses.
Result<std::vector<ChannelStatistics>> before_activation(const Workbench& bench, const ir::Graph& optimized,
                                                         ir::NodeId layer);

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
