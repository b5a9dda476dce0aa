// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "calib/fit.h"
#include "calib/hierarchy.h"
#include "calib/samples.h"

namespace netfit::calib {

/// Energy per inference is power while computing times latency: rows of one board, supply voltage and runtime have the
/// same power within 3 to 5 % whatever the model (docs/cost-models.md, "Energy").
std::vector<Effect> power_effects(const Situation& situation);

/// Watts that the situation's board draws while it computes, by the deviations of `coefficients` (keys "power/...").
double power_watts(const Situation& situation, const Coefficients& coefficients);

/// Whether any row with energy spoke of the board; of its core.
bool knows_power_of_board(const Situation& situation, const Coefficients& coefficients);
bool knows_power_of_core(const Situation& situation, const Coefficients& coefficients);

/// Adds the most probable deviations of power to `coefficients`, given those of the chosen rows that have an energy:
/// normal priors, normal errors of the logarithms.
void fit_power(std::span<const Observation> rows, std::span<const std::size_t> chosen, Coefficients& coefficients);

}  // namespace netfit::calib
