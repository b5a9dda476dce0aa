// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "cli/flags/wishes.h"

namespace netfit::cli {

/// A budget file: limits, and where they hold.
struct Budget {
  std::string device;
  std::string runtime;
  Wishes wishes;
};

/// Reads it; an empty path is an empty budget. Lists everything that is wrong with the file.
Result<Budget> load_budget(const std::string& path);

}  // namespace netfit::cli
