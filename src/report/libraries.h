// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace netfit::report {

/// The scripts that draw a page's charts, as published.
struct Libraries {
  std::string vega;
  std::string vega_lite;
  std::string vega_embed;
  std::string licences;
};

/// From the folder that tools/setup makes; without them the failure says so (an outside program is missing).
Result<Libraries> load_libraries(const std::filesystem::path& folder);

}  // namespace netfit::report
