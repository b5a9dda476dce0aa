// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/samples.h"

namespace netfit::quant {

struct GuardedChannels {
  std::int64_t silenced = 0;  ///< output channels whose result is constant on all samples: weights 0, constant in bias
};

/// Output channels of layers that give the same number for every sample and pixel ("dead": batch norms leave them with
/// weights that are tiny and yet set the scale of a tensor) get weights of zero and that number as bias.
Result<GuardedChannels> guard_dead_channels(ir::Graph& graph, const Samples& samples);

}  // namespace netfit::quant
