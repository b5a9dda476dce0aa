// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"
#include "passes/permutation.h"
#include "passes/wiring.h"

namespace netfit::passes {

inline const Permutation kToChannelsLast{0, 2, 3, 1};
inline const Permutation kToChannelsFirst{0, 3, 1, 2};

/// Whether the input is only ever seen through elementwise ops and transposes to channels-last, with at least one of
/// the latter: then its file is channels-first.
bool is_channels_first(const ir::Graph& graph, const Wiring& wiring, const ir::GraphInput& input);

}  // namespace netfit::passes
