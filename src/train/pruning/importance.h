// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "passes/channel_strands.h"

namespace netfit::train {

/// How much each strand matters; by strand, 0 and more. Infinite for one that the criterion cannot rank.
using Importance = std::vector<double>;

/// From weights alone: the length of what makes a channel (the filters of ordinary layers, each as it acts behind its
/// batch norm) times the length of what reads it, both in units of their layer's mean channel and added up over the
/// strand's layers. A channel that nothing makes or nobody reads has 0. After Li et al., "Pruning filters for efficient
/// ConvNets", arXiv:1608.08710, section 3, which looks at the filters alone.
Importance magnitude_of_channels(const ir::Graph& graph, const passes::ChannelStrands& strands);

/// The mean absolute scale of the batch norms that a strand runs through (Liu et al., "Network slimming",
/// arXiv:1708.06519, section 3). Fails if there is no batch norm on a strand that is free.
Result<Importance> batch_norm_scale_of_channels(const ir::Graph& graph, const passes::ChannelStrands& strands);

/// Drawn by lot from 0 to 1, by the seed alone.
Importance random_importance(const passes::ChannelStrands& strands, std::uint64_t seed);

}  // namespace netfit::train
