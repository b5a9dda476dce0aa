// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/reading.h"
#include "base/result.h"
#include "select/option.h"

// What `gate --write-baseline` keeps for a later `gate --baseline`.
namespace netfit::cli {

/// The figures of a model on a device, as they were.
struct Baseline {
  std::string device;
  std::string runtime;
  std::map<Quantity, double> figures;
};

std::string write_baseline(const select::Option& option);
Result<Baseline> load_baseline(const std::filesystem::path& path);

}  // namespace netfit::cli
