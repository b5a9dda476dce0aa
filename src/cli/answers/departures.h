// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "cli/schemes.h"

namespace netfit::cli {

/// A line for each way in which layers are not what was planned, with their names; nothing where all are.
std::string departures_text(std::span<const Departure> departures);
nlohmann::ordered_json departures_json(std::span<const Departure> departures);

}  // namespace netfit::cli
