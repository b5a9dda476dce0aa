// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace netfit::device {

/// Where something stands in a file, counted from 1.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct TomlNode;
struct TomlEntry;
using TomlTable = std::vector<TomlEntry>;  ///< sorted by key
using TomlArray = std::vector<TomlNode>;

/// A value of a .toml file with its place; dates, which no description has, are the empty alternative.
struct TomlNode {
  std::variant<std::monostate, std::string, std::int64_t, double, bool, TomlArray, TomlTable> value;
  Place place;
};

struct TomlEntry {
  std::string key;
  TomlNode value;
};

/// The root table. Fails at "`where`:line:column" on what is no TOML, and on files larger or deeper than any
/// description is.
Result<TomlNode> parse_toml(std::string_view text, const std::string& where);

}  // namespace netfit::device
