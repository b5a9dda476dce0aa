// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/samples.h"

namespace netfit::quant {

struct Reestimation {
  std::int64_t batch_norms = 0;
  double largest_shift = 0.0;  ///< of a channel's mean, in standard deviations of the record before
};

/// Gives every batch_norm of `graph` (as imported, not folded) the mean and variance that its data have over the
/// samples, in graph order, each with those before it corrected. The cure for statistics that are stale or lost. Sound
/// ones may be better: where training changed its images (crops, holes), they are those of such images.
Result<Reestimation> reestimate_batch_norms(ir::Graph& graph, const Samples& samples);

}  // namespace netfit::quant
