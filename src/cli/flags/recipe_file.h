// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/environment.h"
#include "ir/graph.h"
#include "quant/precision.h"
#include "quant/recipe.h"

namespace netfit::cli {

/// A layer that is stored otherwise than the scheme says.
struct LayerPrecision {
  std::string layer;
  quant::Precision precision;
  std::string where;  ///< "mine.toml:9:1"
};

/// What a recipe file says (docs/recipes.md).
struct RecipeFile {
  quant::Recipe recipe;
  std::string summary;
  std::vector<LayerPrecision> layers;
};

/// `word` is a file if it ends in .toml, else the name of a file in a folder recipes/ beside devices/. Every fault is
/// reported with its place, unknown names with the nearest.
Result<RecipeFile> load_recipe(const std::string& word, const Environment& environment);
Result<RecipeFile> parse_recipe(std::string_view text, const std::string& where);

/// The file that parse_recipe reads back.
std::string print_recipe(const RecipeFile& file);

/// The scheme with the exceptions of `layers`. Fails with every name that no layer of `graph` has.
Result<quant::PrecisionPlan> plan_of(const quant::Precision& scheme, std::span<const LayerPrecision> layers,
                                     const ir::Graph& graph);

}  // namespace netfit::cli
