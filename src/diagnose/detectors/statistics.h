// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "diagnose/subject.h"

namespace netfit::diagnose {

/// Gives every batch norm of a float network as imported the statistics that its data have over the samples: in graph
/// order, each with those before it corrected. `only` names one node to correct alone; invalid for all.
Result<void> measure_statistics(ir::Graph& network, const Tensor& input, const Tools& tools, ir::NodeId only = {});

/// How far a batch norm's record lies from its data over the samples, as its data are now: the root mean square over
/// its channels, means in standard deviations, variances in powers of two.
struct StaleRecord {
  ir::NodeId batch_norm;
  double shift = 0.0;
};
/// Every batch norm in graph order.
Result<std::vector<StaleRecord>> compare_statistics(const ir::Graph& network, const Tensor& input, const Tools& tools);

}  // namespace netfit::diagnose
