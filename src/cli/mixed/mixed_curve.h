// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/mixed/mixed_network.h"

namespace netfit::cli {

/// The cost-accuracy curve of a network: measured points, the cheapest first, without those that another one beats in
/// cost and noise. The network with every layer in one candidate is measured too and on the curve if it earns it.
struct MixedCurve {
  std::vector<quant::LayerChoice> choices;
  std::vector<quant::Assignment> predicted;  ///< every corner, by predicted noise
  std::vector<MixedPoint> points;
  std::vector<MixedPoint> beaten;  ///< measured, and not on the curve
};

/// About `points` points, evenly spaced in cost.
Result<MixedCurve> draw_curve(MixedNetwork& network, int points, Progress& progress);

/// The least noisy assignment found that costs at most `limit`, which is never exceeded: costs of layers nearly add up,
/// and the rest is settled by costing what was chosen. Fails with the least cost found. `unit` is that of costs.
Result<MixedPoint> meet_cost(MixedNetwork& network, const MixedCurve& curve, double limit, const std::string& unit);

/// The cheapest assignment found with which at most `percent` of the held-out samples change class. Fails with the
/// fewest that do.
Result<MixedPoint> meet_accuracy(MixedNetwork& network, const MixedCurve& curve, double percent);

}  // namespace netfit::cli
