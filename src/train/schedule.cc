// SPDX-License-Identifier: Apache-2.0
#include "train/schedule.h"

#include <algorithm>
#include <cmath>

namespace netfit::train {

std::vector<float> learning_rates(const ScheduleRecipe& schedule, double highest, std::int64_t steps_per_epoch) {
  const auto per_epoch = static_cast<double>(steps_per_epoch);
  const double steps = static_cast<double>(schedule.epochs) * per_epoch;
  const double warm_up = std::min(schedule.warm_up_epochs * per_epoch, steps);
  std::vector<float> rates;
  for (double step = 0; step < steps; ++step) {
    double part = (step + 1) / std::max(warm_up, 1.0);
    if (step >= warm_up) {
      const double done = (step - warm_up) / (steps - warm_up);
      const double falling = schedule.kind == ScheduleKind::Cosine ? (1 + std::cos(M_PI * done)) / 2 : 1 - done;
      part = schedule.final_part + (1 - schedule.final_part) * falling;
    }
    rates.push_back(static_cast<float>(highest * std::min(part, 1.0)));
  }
  return rates;
}

}  // namespace netfit::train
