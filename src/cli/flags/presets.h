// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/flags/wishes.h"

namespace netfit::cli {

/// Wishes under a name (presets.toml): of a platform, with its device, or of an application.
struct Preset {
  std::string name;
  std::string summary;
  std::string device;  ///< empty for an application
  Wishes wishes;
};

/// All presets of the roots that hold descriptions of devices; of equal names the user's.
Result<std::vector<Preset>> load_presets(const Environment& environment);

/// The presets of those names, in their order; an unknown one fails with the nearest.
Result<std::vector<Preset>> find_presets(std::span<const std::string> names, const Environment& environment);

}  // namespace netfit::cli
