// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "trial_log.h"

namespace netfit::gone_wrong {

struct RunOptions {
  std::vector<std::string> faults;  ///< names; all if empty
  std::uint64_t first_seed = 0;
  std::uint64_t seeds = 10;
  TrialOptions trial;
};

/// Called with each trial as it is done.
using OnTrial = std::function<void(const Trial&)>;

/// Every fault at every seed, the networks that it applies to in turn. What the log has is not tried again.
Result<std::vector<Trial>> try_faults(const std::vector<Workbench>& benches, const RunOptions& options, TrialLog& log,
                                      const OnTrial& done);

/// Every sound file of every network, with the float network beside it and alone.
Result<std::vector<Trial>> try_sound_files(const std::vector<Workbench>& benches, const RunOptions& options,
                                           TrialLog& log, const OnTrial& done);

}  // namespace netfit::gone_wrong
