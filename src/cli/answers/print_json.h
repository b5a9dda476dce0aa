// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "cli/environment.h"

namespace netfit::cli {

/// The answer of --json: one object on stdout. Bytes of names that are no UTF-8 are replaced.
void print_json(const nlohmann::ordered_json& answer, const Environment& environment);

}  // namespace netfit::cli
