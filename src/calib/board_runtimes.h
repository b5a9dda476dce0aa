// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "calib/calibration.h"

namespace netfit::calib {

/// What rows of one board, runtime and number of threads were measured as.
struct Configuration {
  std::string board;
  std::string runtime;
  int threads = 0;  ///< 0: the source does not say
};

/// All that were measured. The host's two types of numbers are two configurations of one runtime.
std::vector<Configuration> configurations(const Calibration& calibration);

/// The runtime of the tables that a name means on a board: itself, else the newest of the board that begins so, else
/// the first of all others. An empty name means the newest of the family with most configurations of the board. Fails
/// on what no runtime begins with, with the nearest.
Result<std::string> choose_runtime(const Calibration& calibration, const std::string& id, const std::string& wanted);

}  // namespace netfit::calib
