// SPDX-License-Identifier: Apache-2.0
#include "device/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::device {
namespace {

constexpr std::array kByteUnits{Unit{"B", 1},    Unit{"KiB", 1024}, Unit{"MiB", 1024.0 * 1024}, Unit{"GiB", 1073741824},
                                Unit{"MB", 1e6}, Unit{"GB", 1e9}};
constexpr std::array kClockUnits{Unit{"MHz", 1}, Unit{"GHz", 1000}};
constexpr std::array kPowerUnits{Unit{"mW", 1}, Unit{"W", 1000}};
constexpr std::array kBitUnits{Unit{"bit", 1}};
constexpr std::array kCycleUnits{Unit{"cycles", 1}};
constexpr std::array kBandwidthUnits{Unit{"GB/s", 1}, Unit{"MB/s", 1e-3}};

std::string list(std::span<const Unit> units) {
  std::vector<std::string> names;
  for (const Unit& unit : units) names.emplace_back(unit.name);
  return base::join(names, ", ");
}

}  // namespace

std::span<const Unit> byte_units() { return kByteUnits; }
std::span<const Unit> clock_units() { return kClockUnits; }
std::span<const Unit> power_units() { return kPowerUnits; }
std::span<const Unit> bit_units() { return kBitUnits; }
std::span<const Unit> cycle_units() { return kCycleUnits; }
std::span<const Unit> bandwidth_units() { return kBandwidthUnits; }

Result<double> parse_quantity(std::string_view text, std::span<const Unit> units) {
  const std::string_view trimmed = base::trim(text);
  double number = 0.0;
  const auto [rest, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
  const std::string given = base::printable(text, 60);
  if (error != std::errc()) {
    return bad_input(fmt::format("'{}' is not a number with a unit (allowed units: {})", given, list(units)));
  }
  if (!std::isfinite(number) || number < 0.0) {
    return bad_input(fmt::format("'{}' is not allowed (allowed: 0 or more)", given));
  }
  const std::string_view word = base::trim(trimmed.substr(static_cast<std::size_t>(rest - trimmed.data())));
  const auto unit = std::ranges::find(units, word, &Unit::name);
  if (unit == units.end()) {
    return bad_input(word.empty() ? fmt::format("'{}' has no unit (allowed units: {})", given, list(units))
                                  : fmt::format("'{}' has the unit '{}' (allowed units: {})", given,
                                                base::printable(word, 20), list(units)));
  }
  return number * unit->factor;
}

}  // namespace netfit::device
