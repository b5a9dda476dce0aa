// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.h"
#include "select/recommend.h"

// For tests only.
namespace netfit::select {

/// Limits on the grid that random_options draws from, so that some are met exactly, and objectives of every kind.
inline Request random_request(std::uint64_t seed) {
  base::Random random(seed ^ 0x5eedU);
  Request request;
  const int strict = random.chance(30) ? 3 : 12;
  for (const Limited limited : {Limited::Latency, Limited::PeakRam, Limited::Flash, Limited::Energy, Limited::Top1}) {
    if (!random.chance(45)) continue;
    const double allowed = limited == Limited::Top1 ? 80.0 + 1.25 * static_cast<double>(random.integer(0, 12))
                                                    : 18.75 * static_cast<double>(random.integer(1, 2 * strict));
    request.constraints.limits.push_back({limited, allowed});
  }
  if (random.chance(40)) {
    request.constraints.rate_per_s = 0.5 * static_cast<double>(random.integer(1, 20));
    if (random.chance(70)) {
      request.constraints.limits.push_back({Limited::Power, 37.5 * static_cast<double>(random.integer(1, 60))});
    }
  }
  if (random.chance(40)) request.constraints.judge = Judge::BadEnd;
  const auto objective = [&] { return static_cast<Objective>(random.integer(0, 5)); };
  request.ranking.objectives = {objective()};
  while (random.chance(40)) request.ranking.objectives.push_back(objective());
  return request;
}

}  // namespace netfit::select
