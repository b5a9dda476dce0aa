// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "calib/situation.h"
#include "cost/terms.h"

namespace netfit::calib {

/// A deviation from what is expected in general, shared by all that has the same key: "core/cortex-a53/conv1x1".
/// Believed to be normal with mean 0.
struct Effect {
  std::string key;
  double spread = 1.0;   ///< standard deviation of the logarithm
  double loading = 1.0;  ///< what the deviation is multiplied by here
};

/// Spread of what a model has of its own in all configurations, beyond what its work says.
double model_spread(Population population);

/// Logarithm of the cycles that one unit of `term` is believed to take in `situation` before any row is seen.
double expected_log_cycles(const Situation& situation, cost::Term term);

/// The deviations whose sum, with the expectation, is the logarithm of the cycles of one unit of `term`: from what all
/// devices share over the core, the runtime and the number of threads down to the one configuration.
std::vector<Effect> effects_of(const Situation& situation, cost::Term term);

}  // namespace netfit::calib
