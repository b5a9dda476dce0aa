// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
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

/// What is done to a float graph on its way to a quantized one, in this order. As it is, it is the plain recipe: ranges
/// are estimated and numbers rounded, and that is all. A recipe with a plan that stores everything in floats needs no
/// samples.
struct Recipe {
  std::string name = "plain";  ///< "plain", "equalized", or what its file says
  bool guard_dead_channels = false;
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
  /// What quantize_layers made it of, so that it can be made with another border.
  ir::Graph prepared;
  Ranges ranges;
  LayerOptions options;
};

/// Applies a recipe. `held_out` judges the steps (StepEffect::sqnr_*) and may be absent, which saves that time. Fails
/// on samples from which nothing can be learned: none, all equal, or not finite.
Result<Quantized> apply_recipe(const QuantizeJob& job, const Recipe& recipe, const Samples& samples,
                               const Samples* held_out);

}  // namespace netfit::quant
