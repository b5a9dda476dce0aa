// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "train/recipe.h"

namespace netfit::train {

/// The learning rate of every step. Cosine: linear warm-up, then half a cosine (Loshchilov and Hutter,
/// arXiv:1608.03983). One-cycle: linear up during the warm-up, linear down to the end (Smith, arXiv:1708.07120).
std::vector<float> learning_rates(const ScheduleRecipe& schedule, double highest, std::int64_t steps_per_epoch);

}  // namespace netfit::train
