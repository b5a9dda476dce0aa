// SPDX-License-Identifier: Apache-2.0
//
// What a channel loses by rounding its weights is the sum of error times data over a window. Neighbouring pixels are
// alike, so most of that is the sum of the errors times what the pixels have in common; nearest rounding lets that sum
// walk off like chance (0.29 sqrt(n) steps), although no error is more than half a step. Turning the few weights that
// were nearest to the middle makes the sum small and costs little, as each was in doubt anyway. No samples are needed.
// (Guo et al., SQuant, 2022, arXiv:2202.07471, does this for single kernels first, then for the channel.)

#include "quant/schemes/balanced_rounding.h"

#include <algorithm>
#include <cmath>

namespace netfit::quant {

std::vector<double> round_balanced(std::span<const double> weights, double most) {
  std::vector<double> rounded;
  double excess = 0;
  for (const double weight : weights) {
    rounded.push_back(std::clamp(std::round(weight), -most, most));
    excess += rounded.back() - weight;
  }
  const double turn = excess > 0 ? -1 : 1;
  // How far a weight was rounded the wrong way: only what was rounded against the turn can turn.
  const auto doubt = [&](std::size_t i) { return (weights[i] - rounded[i]) * turn; };
  std::vector<std::size_t> candidates;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (doubt(i) > 0 && std::fabs(rounded[i] + turn) <= most) candidates.push_back(i);
  }
  std::ranges::stable_sort(candidates, [&](std::size_t a, std::size_t b) { return doubt(a) > doubt(b); });
  const auto wanted = static_cast<std::size_t>(std::ceil(std::max(0.0, std::fabs(excess) - 0.5)));
  candidates.resize(std::min(candidates.size(), wanted));
  for (const std::size_t i : candidates) rounded[i] += turn;
  return rounded;
}

}  // namespace netfit::quant
