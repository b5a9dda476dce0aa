// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "ir/op_spec.h"
#include "quant/observers/channel_statistics.h"
#include "quant/samples.h"

namespace netfit::quant {

/// How far the record of a batch_norm (constant mean and variance) lies from its data: per channel the root of the
/// squares of the means' distance in standard deviations and of the variances' in powers of two; of the channels the
/// middle one, because those that are dead have next to no variance, and any factor there is chance.
double record_shift(const ir::NodeView& batch_norm, std::span<const ChannelStatistics> data);

struct ReestimationOptions {
  double beyond = 0.0;  ///< a record whose record_shift is no greater stays as it is
};

/// A batch_norm whose record is new, and the record_shift of the one before.
struct RenewedRecord {
  ir::NodeId batch_norm;
  double shift = 0.0;
};

/// Gives every batch_norm of `graph` (as imported, not folded) the mean and variance that its data have over the
/// samples, in graph order, each with those before it corrected. The cure for statistics that are stale or lost. Sound
/// ones may be better: where training changed its images (crops, holes), they are those of such images. Returns what is
/// new, in graph order.
Result<std::vector<RenewedRecord>> reestimate_batch_norms(ir::Graph& graph, const Samples& samples,
                                                          const ReestimationOptions& options = {});

}  // namespace netfit::quant
