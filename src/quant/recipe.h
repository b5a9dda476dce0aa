// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/quantize.h"
#include "quant/samples.h"

namespace netfit::quant {

enum class Rounding : std::uint8_t { Nearest, Balanced, AdaRound };
enum class BiasCorrection : std::uint8_t { None, Analytic, Empirical };

/// What is done to a float graph on its way to a quantized one, in this order. A recipe with a plan that stores
/// everything in floats needs no samples.
struct Recipe {
  std::string name;  ///< "plain", "equalized", or what its file says
  bool guard_dead_channels = true;
  bool equalize = false;
  bool absorb_high_bias = false;
  CalibrationOptions ranges;
  Rounding rounding = Rounding::Balanced;
  BiasCorrection bias_correction = BiasCorrection::None;

  friend bool operator==(const Recipe&, const Recipe&) = default;
};

/// What one step of a recipe did, for people and for `--json`.
struct StepEffect {
  std::string technique;                 ///< kebab-case name of its file
  std::string done;                      ///< "3 residual groups, 61 of 232 channels, factors up to 64"
  std::optional<double> sqnr_before_db;  ///< of the outputs on held-out samples against the float graph, where known
  std::optional<double> sqnr_after_db;
};

struct QuantizeJob {
  const ir::Graph& graph;  ///< float, optimized
  PrecisionPlan plan;
  Io io = Io::Int8;
  std::uint64_t seed = 0;
};

struct Quantized {
  ir::Graph graph;
  std::vector<StepEffect> steps;
};

/// Applies a recipe. `held_out` judges the steps (StepEffect::sqnr_*) and may be absent, which saves that time.
Result<Quantized> apply_recipe(const QuantizeJob& job, const Recipe& recipe, const Samples& samples,
                               const Samples* held_out);

/// One recipe that was tried.
struct Trial {
  Recipe recipe;
  double agreement_percent = 0.0;  ///< same top-1 as the float graph on the held-out samples
  double sqnr_db = 0.0;
  double seconds = 0.0;
};

struct AutoOptions {
  /// Asked before each further recipe; recipes are tried in a fixed order, so only how far it gets depends on time.
  std::function<bool()> out_of_time;
};

struct AutoChoice {
  Quantized quantized;
  std::vector<Trial> trials;          ///< in the order in which they were tried
  std::size_t chosen = 0;             ///< place in `trials`
  std::vector<std::string> left_out;  ///< names of recipes that there was no time for
};

/// Tries the recipes that make sense for the plan and takes the one that agrees best with the float graph on held-out
/// training samples; a later recipe must beat an earlier, simpler one by more than chance.
Result<AutoChoice> choose_recipe(const QuantizeJob& job, const Samples& samples, const Samples& held_out,
                                 const AutoOptions& options);

}  // namespace netfit::quant
