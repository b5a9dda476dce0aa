// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "calib/fit.h"
#include "cost/terms.h"

namespace netfit::calib {

/// Shares of a predicted latency by group of terms; they add up to 1.
using GroupShares = std::array<double, cost::kTermGroupCount>;
GroupShares group_shares(const cost::TermCounts& counts, const CycleTable& cycles);

/// Which of some networks to measure first on a device that nobody has measured: indices into `networks`, the most
/// telling first, at most `count`. Each choice leaves the least variance of the latencies of all of them (A-optimal
/// Bayesian design; Chaloner and Verdinelli, Statistical Science 1995), the unknowns being the device's scale and one
/// deviation for each group of terms. `measured` lists those that have been measured already.
std::vector<std::size_t> choose_networks(std::span<const GroupShares> networks, std::span<const std::size_t> measured,
                                         std::size_t count);

}  // namespace netfit::calib
