// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "ir/graph.h"
#include "passes/channel_strands.h"

namespace netfit::gone_wrong {

/// Values whose channel c is one and the same, because additions, pooling and the like join them. Their channels can
/// be scaled without changing what the network computes.
struct ChannelGroup {
  std::vector<ir::ValueId> values;       ///< in graph order
  std::vector<passes::Strand> channels;  ///< of the values: all of them are free
  std::vector<ir::NodeId> producers;     ///< layers
  bool residual = false;                 ///< an addition joins some of them
  bool clamped = false;                  ///< a relu6 lies between: only factors that saturate nothing are free
};

/// Groups between layers of an optimized float graph.
std::vector<ChannelGroup> find_channel_groups(const ir::Graph& graph);

/// Multiplies channel c of a group by factors[c] and undoes it in the layers that read it.
void scale_channels(ir::Graph& graph, const ChannelGroup& group, std::span<const double> factors);

/// Multiplies weights and bias of output channel c of a float layer by factors[c].
void scale_outputs(ir::Graph& graph, ir::NodeId layer, std::span<const double> factors);

std::vector<std::string> names(const ir::Graph& graph, const std::vector<ir::ValueId>& values);

}  // namespace netfit::gone_wrong
