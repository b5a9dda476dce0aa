// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

// Settings in TOML files (netfit.toml, presets.toml, budgets), every value with its place.
namespace netfit::cli {

struct TomlEntry {
  std::string key;
  std::string where;  ///< "netfit.toml:3:1"
  std::optional<std::string> text;
  std::optional<std::vector<std::string>> texts;  ///< a list of strings
  std::optional<std::int64_t> integer;
  std::optional<double> real;  ///< of an integer as well
  std::optional<bool> boolean;
  std::optional<std::vector<TomlEntry>> table;  ///< in the order of the file
};

/// The entries of a file, in its order. A fault is located with line and column.
Result<std::vector<TomlEntry>> load_toml(const std::filesystem::path& path);
Result<std::vector<TomlEntry>> parse_toml(std::string_view text, std::string_view where);

/// "'modles' is not a known key, did you mean 'models'?"
void report_unknown(const TomlEntry& entry, std::span<const std::string> known, Diagnostics& diagnostics);

// The value of an entry; a wrong type is reported and gives nothing.
std::optional<std::string> text_of(const TomlEntry& entry, Diagnostics& diagnostics);
/// A list of strings; one string is a list of one.
std::optional<std::vector<std::string>> texts_of(const TomlEntry& entry, Diagnostics& diagnostics);
/// At least 1.
std::optional<std::int64_t> count_of(const TomlEntry& entry, Diagnostics& diagnostics);
/// true or false.
std::optional<bool> switch_of(const TomlEntry& entry, Diagnostics& diagnostics);
std::optional<std::vector<TomlEntry>> table_of(const TomlEntry& entry, Diagnostics& diagnostics);

}  // namespace netfit::cli
