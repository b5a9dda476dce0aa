// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "passes/channel_strands.h"

namespace netfit::quant {

/// Multiplies what each strand holds by its factor: in weights, biases and other constants of `graph`, of which
/// `strands` was made. Exact for powers of two, as long as nothing becomes a denormal.
void scale_strands(ir::Graph& graph, const passes::ChannelStrands& strands, std::span<const double> factors);

}  // namespace netfit::quant
