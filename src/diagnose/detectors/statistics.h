// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "diagnose/subject.h"
#include "quant/techniques/reestimate_batch_norm.h"

namespace netfit::diagnose {

/// Gives the batch norms of a float network as imported whose records are stale (farther from their data over the
/// samples than running averages of a sound training are) the statistics of those data, in graph order, each with those
/// before it corrected. The others keep theirs, which are of more data, unless many are stale. Returns what is new.
Result<std::vector<quant::RenewedRecord>> renew_statistics(ir::Graph& network, const Tensor& input, const Tools& tools);

}  // namespace netfit::diagnose
