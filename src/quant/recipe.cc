// SPDX-License-Identifier: Apache-2.0
#include "quant/recipe.h"

#include "quant/recipe_workshop.h"

namespace netfit::quant {

Result<Quantized> apply_recipe(const QuantizeJob& job, const Recipe& recipe, const Samples& samples,
                               const Samples* held_out) {
  RecipeWorkshop workshop = NETFIT_TRY(RecipeWorkshop::create(job, samples, held_out));
  RecipeWorkshop::Made made = NETFIT_TRY(workshop.make(recipe));
  return std::move(made.quantized);
}

}  // namespace netfit::quant
