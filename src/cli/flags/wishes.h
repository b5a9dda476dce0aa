// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "cli/flags/toml_file.h"
#include "select/recommend.h"

namespace netfit::cli {

/// A word of the user, and where it stands: "--max-ram", "netfit.toml:7:1".
struct Wish {
  std::string text;
  std::string where;
};

/// What somebody wants of a choice, as words: limits, rate, objective, confidence. Flags, presets, netfit.toml and
/// budgets all say it this way.
struct Wishes {
  std::map<select::Limited, Wish> limits;
  std::optional<Wish> rate;
  std::optional<Wish> objective;
  std::optional<Wish> confidence;

  /// What `other` says wins.
  void add(const Wishes& other);
};

/// "max_latency", ..., "rate", "objective", "confidence": the keys that read_wish takes.
std::vector<std::string> wish_keys();

/// Takes the entry if its key is one of wish_keys; false otherwise.
bool read_wish(const TomlEntry& entry, Wishes& wishes, Diagnostics& diagnostics);

/// The wishes as numbers, every faulty one reported. Without an objective: balanced.
Result<select::Request> request_of(const Wishes& wishes);

}  // namespace netfit::cli
