// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/graph.h"
#include "passes/channel_strands.h"

namespace netfit::train {

/// `graph` without some strands (of StrandUse::Remove, made of it): every value, kernel, bias and batch norm that has
/// them loses those channels and keeps the order of the others. `removed`: by strand; a pinned one stays, and so does
/// at least one channel of every value. Value and node ids stay the same.
ir::Graph remove_channels(const ir::Graph& graph, const passes::ChannelStrands& strands,
                          const std::vector<bool>& removed);

}  // namespace netfit::train
