// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/departures.h"

#include <map>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "cli/answers/figures.h"

namespace netfit::cli {

std::string departures_text(std::span<const Departure> departures) {
  std::map<std::string, std::vector<std::string>> layers;
  for (const Departure& departure : departures) {
    layers[fmt::format("{} instead of {}, {}", departure.used, departure.wanted, departure.reason)].push_back(
        departure.layer);
  }
  std::string text;
  for (const auto& [what, names] : layers) {
    text += wrapped(fmt::format("{}: {}", what, fmt::join(names, ", ")), 2);
  }
  return text;
}

nlohmann::ordered_json departures_json(std::span<const Departure> departures) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Departure& departure : departures) {
    json.push_back({{"layer", departure.layer},
                    {"wanted", departure.wanted},
                    {"used", departure.used},
                    {"reason", departure.reason}});
  }
  return json;
}

}  // namespace netfit::cli
