// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ir/graph.h"
#include "quant/samples.h"

// Networks that compute what they computed before and that int8 breaks all the same: channels are scaled by powers of
// two, and the layers behind undo it.
namespace netfit::collapse {

struct Collapsed {
  std::int64_t scaled = 0;    ///< channels whose factor is not 1
  std::int64_t eligible = 0;  ///< channels that might have been scaled
};

/// Scales every channel of the linear bottlenecks (convolutions without activation, and all that their results are
/// added to) by 2^u, u drawn from -6 to 6; none that a relu6 clips somewhere on its way.
Collapsed collapse_streams(ir::Graph& graph, std::uint64_t seed);

/// Scales 5 % of those expansion channels (results of a convolution with relu6 that a depthwise convolution reads)
/// whose relu6 never saturates on the samples by 2^-6.
Result<Collapsed> collapse_expansions(ir::Graph& graph, const quant::Samples& samples, std::uint64_t seed);

}  // namespace netfit::collapse
