// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/flags/wishes.h"

namespace CLI {
class App;
}

namespace netfit::cli {

/// --max-latency, --max-ram, ..., --min-top1, --rate, --confidence: what a choice must satisfy.
struct LimitFlags {
  std::map<select::Limited, std::string> limits;
  std::string rate;
  std::string confidence;
};
void add_limit_flags(CLI::App& app, LimitFlags& flags);

/// --objective and --preset: what is to be as good as possible, and what somebody has put together before.
struct ObjectiveFlags {
  std::string objective;
  std::vector<std::string> presets;
};
void add_objective_flags(CLI::App& app, ObjectiveFlags& flags);

/// The flags that were given, each by its name.
Wishes wishes_of(const LimitFlags& limits, const ObjectiveFlags& objective);

}  // namespace netfit::cli
