// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/answers/arithmetic.h"
#include "cli/environment.h"
#include "cli/flags/flags.h"
#include "cli/flags/recipe_file.h"
#include "cli/model.h"
#include "cli/schemes.h"
#include "quant/auto_recipe.h"

namespace netfit::cli {

/// What `netfit quantize` is to do under a scheme that looks at data, or by a recipe.
struct RecipeJob {
  std::string model;
  std::string output;
  const Scheme* scheme = nullptr;
  std::string recipe;  ///< a name, a file, or "auto"
  std::optional<quant::RangeEstimator> ranges;
  double budget_seconds = 120.0;
  std::string save_recipe;  ///< empty: nowhere
  DataFlags data;
  std::int64_t samples = 512;
  std::uint64_t seed = 0;
  quant::Io io = quant::Io::Int8;
  int threads = 1;
  bool json = false;
};

/// What came of it.
struct RecipeOutcome {
  RecipeFile recipe;
  quant::Quantized quantized;
  std::optional<quant::AutoChoice> choice;  ///< of "auto"; its graph has become `quantized`
  std::int64_t bytes = 0;
  std::int64_t samples = 0;
  std::int64_t held_out = 0;
  std::string data;
  std::optional<double> pixels_agreement;
  std::vector<Departure> departures;     ///< layers that are not what the scheme says
  std::optional<Arithmetic> arithmetic;  ///< of the file, where the scheme promises integers
};

/// Writes the file that `model`, the job's, becomes.
Result<RecipeOutcome> write_quantized(const RecipeJob& job, const Model& model, const Environment& environment);

/// The same, and says what was done.
Result<void> quantize_with_recipe(const RecipeJob& job, const Environment& environment);

/// The answer: text, or one JSON object.
void print_outcome(const RecipeJob& job, const Model& model, const RecipeOutcome& outcome,
                   const Environment& environment);

}  // namespace netfit::cli
