// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/limit_flags.h"

#include <algorithm>
#include <array>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace netfit::cli {
namespace {

using select::Limited;

struct LimitFlag {
  Limited limited;
  const char* unit;
  const char* help;
};

constexpr std::array kFlags{
    LimitFlag{Limited::Latency, "TIME", "at most that long for one inference: 200ms, 1s"},
    LimitFlag{Limited::PeakRam, "SIZE", "at most that much peak RAM (arena and runtime): 512KiB, 1GB"},
    LimitFlag{Limited::Flash, "SIZE", "at most that much flash (weights and code): 1MiB"},
    LimitFlag{Limited::FileSize, "SIZE", "at most that large a file: 600kB"},
    LimitFlag{Limited::Energy, "ENERGY", "at most that much energy for one inference: 5mJ"},
    LimitFlag{Limited::Power, "POWER", "at most that much power at --rate: 200mW"},
    LimitFlag{Limited::Top1, "PERCENT", "at least that top-1 accuracy: 94"},
};

// "max_ram" is --max-ram.
std::string flag_of(Limited limited) {
  std::string flag = fmt::format("--{}", select::name(limited));
  std::ranges::replace(flag, '_', '-');
  return flag;
}

}  // namespace

void add_limit_flags(CLI::App& app, LimitFlags& flags) {
  for (const LimitFlag& flag : kFlags) {
    app.add_option_function<std::string>(
           flag_of(flag.limited),
           [&flags, limited = flag.limited](const std::string& text) { flags.limits[limited] = text; }, flag.help)
        ->type_name(flag.unit);
  }
  app.add_option("--rate", flags.rate, "inferences per time, for --max-power and so that the device keeps up: 5/s")
      ->type_name("RATE");
  app.add_option("--confidence", flags.confidence,
                 "0.9: limits are compared with the bad end of the 90 % interval, not with\nthe value")
      ->type_name("P");
}

void add_objective_flags(CLI::App& app, ObjectiveFlags& flags) {
  app.add_option("--objective", flags.objective,
                 "latency, memory, flash, energy, accuracy, balanced (default), or several:\n"
                 "memory,latency decides by latency where memory is equal")
      ->type_name("NAME,...");
  app.add_option("--preset", flags.presets, "limits and objective of presets.toml; may be given twice; flags win")
      ->type_name("NAME")
      ->delimiter(',');
}

Wishes wishes_of(const LimitFlags& limits, const ObjectiveFlags& objective) {
  Wishes wishes;
  for (const auto& [limited, text] : limits.limits) wishes.limits[limited] = {text, flag_of(limited)};
  if (!limits.rate.empty()) wishes.rate = Wish{limits.rate, "--rate"};
  if (!limits.confidence.empty()) wishes.confidence = Wish{limits.confidence, "--confidence"};
  if (!objective.objective.empty()) wishes.objective = Wish{objective.objective, "--objective"};
  return wishes;
}

}  // namespace netfit::cli
