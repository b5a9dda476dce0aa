// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "quant/precision.h"

namespace netfit::quant {

/// One way to store a layer.
struct Option {
  Precision precision;
  double cost = 0.0;   ///< bytes, or what a cost function says, of this layer so
  double noise = 0.0;  ///< what it does to the outputs; adds up over layers
};

struct LayerChoice {
  ir::NodeId layer;
  std::vector<Option> options;
};

/// One assignment: which option each layer takes, in the order of the layers.
struct Assignment {
  std::vector<std::size_t> chosen;
  double cost = 0.0;
  double noise = 0.0;
};

/// The assignment of least noise whose cost is at most `budget`: exact, by branch and bound with the bound of the
/// problem's linear relaxation (Sinha and Zoltners, The Multiple-Choice Knapsack Problem, 1979). Nothing, if not even
/// the cheapest options fit. Every layer has an option; costs and noises are finite.
std::optional<Assignment> choose_precisions(std::span<const LayerChoice> layers, double budget);

/// The whole curve: every assignment that no other beats in cost and noise on the lower convex hull, and between its
/// points exact optima for `between` budgets each. Cheapest first.
std::vector<Assignment> precision_curve(std::span<const LayerChoice> layers, int between);

}  // namespace netfit::quant
