// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quant/recipe.h"

// What recipe files, flags and answers call the choices of a recipe.
namespace netfit::quant {

template <typename T>
struct Choice {
  std::string_view name;
  T value;
};

/// "min-max", "moving-average", "percentile", "mse", "entropy".
std::span<const Choice<RangeEstimator>> range_estimators();
/// "nearest", "balanced", "adaround".
std::span<const Choice<Rounding>> roundings();
/// "none", "analytic", "empirical".
std::span<const Choice<BiasCorrection>> bias_corrections();

std::string_view name(RangeEstimator estimator);
std::string_view name(Rounding rounding);
std::string_view name(BiasCorrection correction);

/// "mse", "percentile 99.99".
std::string in_words(const CalibrationOptions& options);
/// What a recipe does beside estimating ranges, in its order: "equalize", "rounding balanced".
std::vector<std::string> techniques(const Recipe& recipe);

}  // namespace netfit::quant
