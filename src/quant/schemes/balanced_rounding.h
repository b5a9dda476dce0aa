// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace netfit::quant {

/// The weights of one output channel, in steps, rounded to integers in [-most, most] whose sum is within half a step of
/// the sum of the weights (as far as `most` allows): where nearest rounding misses that, the weights that lie nearest
/// to the middle between two integers go the other way. `weights` must lie within [-most, most].
std::vector<double> round_balanced(std::span<const double> weights, double most);

}  // namespace netfit::quant
