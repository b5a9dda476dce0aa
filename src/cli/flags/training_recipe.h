// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "train/recipe.h"

// Recipes of training as .toml files (docs/training.md).
namespace netfit::cli {

/// Keys that are missing have their default. Fails with every unknown key and bad value, each at its place.
Result<train::Recipe> parse_training_recipe(std::string_view text, std::string_view where);
Result<train::Recipe> load_training_recipe(const std::filesystem::path& path);

/// Every key with its value, as a file that reads back to the same recipe.
std::string training_recipe_text(const train::Recipe& recipe);

/// "int8": the scheme as recipes and `quantize` call it.
std::string name(train::QatScheme scheme);

}  // namespace netfit::cli
