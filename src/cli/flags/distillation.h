// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "train/recipe.h"

namespace netfit::cli {

/// "logits:T=4,weight=0.9", "features:weight=1000": what is learned from a teacher. What is not named is off; figures
/// that are left out are those of `recipe`, or the usual ones where it has a part switched off.
Result<train::DistillationRecipe> parse_distillation(const std::vector<std::string>& parts,
                                                     const train::DistillationRecipe& recipe);

}  // namespace netfit::cli
