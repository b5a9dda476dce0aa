// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "quant/recipe.h"

namespace netfit::quant {

/// What became of a recipe that was tried.
enum class Verdict : std::uint8_t {
  Better,     ///< than the best before it, by more than chance
  NotBetter,  ///< than the best before it
  Same,       ///< as the best before it: what it adds found nothing to do
};

/// One recipe that was tried, on held-out samples and as many mixtures of two of them.
struct Trial {
  Recipe recipe;
  Verdict verdict = Verdict::Better;
  double agreement_percent = 0.0;  ///< same top-1 as the float graph
  double sqnr_db = 0.0;            ///< of the outputs against the float graph
  double p = 1.0;                  ///< that chance alone made the difference in agreement to the best before it
  double seconds = 0.0;            ///< wall time
};

struct AutoOptions {
  /// Asked before and during each further recipe, which is given up if it says so; the plain one is always finished.
  /// Recipes are tried in a fixed order, so only how far it gets depends on time.
  std::function<bool()> out_of_time;
  std::function<double()> seconds;  ///< a clock
};

struct AutoChoice {
  Quantized quantized;
  std::vector<Trial> trials;          ///< in the order in which they were tried
  std::size_t chosen = 0;             ///< place in `trials`
  std::vector<std::string> left_out;  ///< names of recipes that there was no time for
  bool near_enough = false;           ///< so little was left to win that the rest was not tried
};

/// Tries the recipes that make sense for the plan, from simple to costly, each of them the best so far and one thing
/// more. A later one must beat an earlier, simpler one by more than chance: in agreement with the float graph
/// (McNemar's exact test), or in noise by a margin.
Result<AutoChoice> choose_recipe(const QuantizeJob& job, const Samples& samples, const Samples& held_out,
                                 const AutoOptions& options);

}  // namespace netfit::quant
