// SPDX-License-Identifier: Apache-2.0
#include "select/parse_limit.h"

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "select/dimension.h"

namespace netfit::select {
namespace {

struct Unit {
  std::string_view name;
  double size;
};

constexpr std::array kTime{Unit{"us", 0.001}, Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"min", 60'000}};
constexpr std::array kBytes{Unit{"B", 1},         Unit{"bytes", 1},        Unit{"KiB", 1024},
                            Unit{"MiB", 1048576}, Unit{"GiB", 1073741824}, Unit{"kB", 1'000},
                            Unit{"MB", 1e6},      Unit{"GB", 1e9}};
constexpr std::array kEnergy{Unit{"uJ", 0.001}, Unit{"mJ", 1}, Unit{"J", 1000}};
constexpr std::array kPower{Unit{"uW", 0.001}, Unit{"mW", 1}, Unit{"W", 1000}};
constexpr std::array kShare{Unit{"%", 0.01}};
constexpr std::array kPercent{Unit{"%", 1}, Unit{"", 1}};
constexpr std::array kRate{Unit{"/s", 1}, Unit{"/min", 1.0 / 60.0}, Unit{"/h", 1.0 / 3600.0}, Unit{"Hz", 1}};

// In the order of Dimension; no limit is a count.
constexpr std::array<std::span<const Unit>, 6> kUnits{kTime, kBytes, kEnergy, kPower, kShare, kPercent};

std::span<const Unit> units_of(Limited limited) { return kUnits.at(static_cast<std::size_t>(dimension_of(limited))); }

std::string list_of(std::span<const Unit> units) {
  std::vector<std::string> names;
  for (const Unit& unit : units) names.emplace_back(unit.name.empty() ? "no unit" : unit.name);
  return base::join(names, ", ");
}

// The number in the units' base unit.
Result<double> parse_number(std::string_view text, std::span<const Unit> units) {
  const std::string given = base::printable(text, 40);
  const std::string_view trimmed = base::trim(text);
  double number = 0.0;
  const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
  if (error != std::errc{} || !std::isfinite(number)) {
    return bad_usage(fmt::format("'{}' is not a number with a unit (allowed units: {})", given, list_of(units)));
  }
  const std::string_view unit_name = base::trim(trimmed.substr(static_cast<std::size_t>(end - trimmed.data())));
  for (const Unit& unit : units) {
    if (unit.name != unit_name) continue;
    if (number < 0.0) return bad_usage(fmt::format("'{}' is negative (allowed: more than 0)", given));
    return number * unit.size;
  }
  if (unit_name.empty()) return bad_usage(fmt::format("'{}' has no unit (allowed: {})", given, list_of(units)));
  return bad_usage(
      fmt::format("'{}' has the unit '{}' (allowed: {})", given, base::printable(unit_name, 20), list_of(units)));
}

Result<double> parse_positive(std::string_view text, std::span<const Unit> units) {
  const double number = NETFIT_TRY(parse_number(text, units));
  if (number > 0.0 && std::isfinite(number)) return number;
  return bad_usage(
      fmt::format("'{}' is {} (allowed: more than 0)", base::printable(text, 40), number > 0.0 ? "too large" : "zero"));
}

Result<double> parse_percent(std::string_view text) {
  const double number = NETFIT_TRY(parse_number(text, kPercent));
  if (number <= 100.0) return number;
  return bad_usage(fmt::format("'{}' is over 100 (allowed: 0 to 100)", base::printable(text, 40)));
}

}  // namespace

Result<Limit> parse_limit(Limited limited, std::string_view text, std::string_view where) {
  const double allowed =
      NETFIT_TRY(located(is_floor(limited) ? parse_percent(text) : parse_positive(text, units_of(limited)), where));
  return Limit{limited, allowed};
}

Result<double> parse_rate(std::string_view text, std::string_view where) {
  return located(parse_positive(text, kRate), where);
}

Result<Judge> parse_confidence(std::string_view text, std::string_view where) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number == 0.9) return Judge::BadEnd;
  return located<Judge>(
      bad_usage(fmt::format("'{}' is not a known confidence (allowed: 0.9)", base::printable(text, 40))), where);
}

}  // namespace netfit::select
