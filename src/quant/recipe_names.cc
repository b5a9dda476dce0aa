// SPDX-License-Identifier: Apache-2.0
#include "quant/recipe_names.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/check.h"

namespace netfit::quant {
namespace {

constexpr std::array kRangeEstimators{Choice<RangeEstimator>{"min-max", RangeEstimator::MinMax},
                                      Choice<RangeEstimator>{"moving-average", RangeEstimator::MovingAverage},
                                      Choice<RangeEstimator>{"percentile", RangeEstimator::Percentile},
                                      Choice<RangeEstimator>{"mse", RangeEstimator::Mse},
                                      Choice<RangeEstimator>{"entropy", RangeEstimator::Entropy},
                                      Choice<RangeEstimator>{"trained", RangeEstimator::Trained}};
constexpr std::array kRoundings{Choice<Rounding>{"nearest", Rounding::Nearest},
                                Choice<Rounding>{"balanced", Rounding::Balanced},
                                Choice<Rounding>{"adaround", Rounding::AdaRound}};
constexpr std::array kBiasCorrections{Choice<BiasCorrection>{"none", BiasCorrection::None},
                                      Choice<BiasCorrection>{"analytic", BiasCorrection::Analytic},
                                      Choice<BiasCorrection>{"empirical", BiasCorrection::Empirical}};

template <typename T>
std::string_view name_in(std::span<const Choice<T>> choices, T value) {
  const auto found = std::ranges::find(choices, value, &Choice<T>::value);
  NETFIT_CHECK(found != choices.end());
  return found->name;
}

}  // namespace

std::span<const Choice<RangeEstimator>> range_estimators() { return kRangeEstimators; }
std::span<const Choice<Rounding>> roundings() { return kRoundings; }
std::span<const Choice<BiasCorrection>> bias_corrections() { return kBiasCorrections; }

std::string_view name(RangeEstimator estimator) { return name_in(range_estimators(), estimator); }
std::string_view name(Rounding rounding) { return name_in(roundings(), rounding); }
std::string_view name(BiasCorrection correction) { return name_in(bias_corrections(), correction); }

std::string in_words(const CalibrationOptions& options) {
  std::string parameter;
  if (options.estimator == RangeEstimator::Percentile) parameter = fmt::format(" {}", options.percentile);
  if (options.estimator == RangeEstimator::MovingAverage) parameter = fmt::format(" {}", options.moving_average);
  return fmt::format("{}{}", name(options.estimator), parameter);
}

std::vector<std::string> techniques(const Recipe& recipe) {
  std::vector<std::string> words;
  if (recipe.guard_dead_channels) words.emplace_back("guard-dead-channels");
  if (recipe.equalize) words.emplace_back("equalize");
  if (recipe.absorb_high_bias) words.emplace_back("absorb-high-bias");
  words.push_back(fmt::format("rounding {}", name(recipe.rounding)));
  if (recipe.bias_correction != BiasCorrection::None) {
    words.push_back(fmt::format("bias-correction {}", name(recipe.bias_correction)));
  }
  return words;
}

}  // namespace netfit::quant
