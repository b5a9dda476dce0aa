// SPDX-License-Identifier: Apache-2.0
#include "passes/affine.h"

#include <array>
#include <cmath>

#include "ir/ops/normalization.h"
#include "passes/constants.h"

namespace netfit::passes {

std::optional<Affine> affine_of_batch_norm(const ir::NodeView& node) {
  std::array<std::span<const float>, 4> statistics;  // scale, shift, mean, variance
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    const auto floats = constant_floats(node, i + 1);
    if (!floats) return std::nullopt;
    statistics[i] = *floats;
  }
  const double epsilon = static_cast<double>(node.attrs<ir::BatchNormAttrs>().epsilon);
  Affine affine;
  for (std::size_t c = 0; c < statistics[0].size(); ++c) {
    const double factor = statistics[0][c] / std::sqrt(statistics[3][c] + epsilon);
    const double shift = statistics[1][c] - statistics[2][c] * factor;
    if (!std::isfinite(static_cast<float>(factor)) || !std::isfinite(static_cast<float>(shift))) return std::nullopt;
    affine.factor.push_back(factor);
    affine.shift.push_back(shift);
  }
  return affine;
}

}  // namespace netfit::passes
