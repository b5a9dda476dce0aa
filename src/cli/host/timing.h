// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/model.h"

namespace netfit::cli {

/// One model on one thread of this host in LiteRT.
struct HostTiming {
  double ms = 0.0;      ///< CPU time: the least p50 of its turns
  double repeat = 1.0;  ///< the same of every other turn over that of the turns between: how well it repeats
};

/// Times models in turns, so that the load of the machine hits all alike; as CPU time, so that a turn taken away does
/// not count. `seconds` is for each of them. Shows no progress of its own: the caller knows how many groups there are.
Result<std::vector<HostTiming>> time_models(std::span<const Model> models, double seconds,
                                            const Environment& environment);

}  // namespace netfit::cli
