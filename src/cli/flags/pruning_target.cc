// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/pruning_target.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::cli {
namespace {

struct Unit {
  PrunedFigure figure;
  std::string_view name;
  double factor;
};

// clang-format off
constexpr std::array kUnits{
    Unit{PrunedFigure::Macs, "", 1}, Unit{PrunedFigure::Macs, "k", 1e3}, Unit{PrunedFigure::Macs, "M", 1e6}, Unit{PrunedFigure::Macs, "G", 1e9},
    Unit{PrunedFigure::Params, "", 1}, Unit{PrunedFigure::Params, "k", 1e3}, Unit{PrunedFigure::Params, "M", 1e6},
    Unit{PrunedFigure::Bytes, "B", 1}, Unit{PrunedFigure::Bytes, "kB", 1e3}, Unit{PrunedFigure::Bytes, "KiB", 1024},
    Unit{PrunedFigure::Bytes, "MB", 1e6}, Unit{PrunedFigure::Bytes, "MiB", 1048576},
    Unit{PrunedFigure::Latency, "us", 1e-3}, Unit{PrunedFigure::Latency, "ms", 1}, Unit{PrunedFigure::Latency, "s", 1e3},
};
// clang-format on

std::optional<PrunedFigure> find_figure(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNames{"macs", "params", "bytes", "latency"};
  const auto* found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<PrunedFigure>(found - kNames.begin());
}

Result<void> read_value(std::string_view text, PruningTarget& target) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  const bool positive = error == std::errc() && std::isfinite(number) && number > 0;
  if (positive && unit == "%" && number <= 100) {
    target.is_part = true;
    target.value = number / 100;
    return {};
  }
  std::vector<std::string> allowed{"50%"};
  for (const Unit& known : kUnits) {
    if (known.figure != target.figure) continue;
    allowed.push_back(fmt::format("50{}", known.name));
    if (!positive || unit != known.name) continue;
    target.value = number * known.factor;
    return {};
  }
  return bad_usage(fmt::format("--target: '{}' is no size that {} can have (allowed, for example: {})",
                               base::printable(text, 40), base::printable(target.text.substr(0, target.text.find('='))),
                               base::join(allowed, ", ")));
}

}  // namespace

Result<PruningTarget> parse_pruning_target(std::string_view text) {
  PruningTarget target{.text = std::string(text)};
  const std::size_t equals = text.find('=');
  const std::string_view key = text.substr(0, equals);
  const std::size_t at = std::min(key.find('@'), key.size());
  const std::optional<PrunedFigure> figure = find_figure(key.substr(0, at));
  const bool names_device = at + 1 < key.size();
  if (!figure || equals == text.npos || (*figure == PrunedFigure::Latency) != names_device) {
    return bad_usage(
        fmt::format("--target: '{}' is no target (allowed, for example: macs=50%, params=300k, bytes=400KiB, "
                    "latency@pixel4=12ms)",
                    base::printable(text, 60)));
  }
  target.figure = *figure;
  if (names_device) target.device = key.substr(at + 1);
  NETFIT_TRY(read_value(text.substr(equals + 1), target));
  return target;
}

std::string_view unit_of(PrunedFigure figure) {
  constexpr std::array<std::string_view, 4> kUnitNames{"MACs", "params", "bytes", "ms"};
  return kUnitNames.at(static_cast<std::size_t>(figure));
}

}  // namespace netfit::cli
