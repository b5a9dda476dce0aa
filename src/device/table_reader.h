// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "device/toml_node.h"
#include "device/units.h"

namespace netfit::device {

/// The faults of one file, each with its place.
class FileFaults {
 public:
  explicit FileFaults(std::string file) : file_(std::move(file)) {}

  void add(Place place, std::string what) { faults_.push_back({place, std::move(what)}); }

  /// Success, or all faults in the order of the file.
  Result<void> result() const;

 private:
  struct Placed {
    Place place;
    std::string what;
  };
  std::string file_;
  std::vector<Placed> faults_;
};

/// What a number may be.
struct Range {
  double low = 0.0;
  double high = 0.0;
};

/// Reads one table of a description, key by key, and collects what is wrong with it. A key that is missing or wrong
/// reads as nothing, so that the rest of the file is still looked at.
class TableReader {
 public:
  /// `title` names the table in messages: "[power]", or "" for the root.
  TableReader(const TomlNode& node, std::string title, FileFaults& faults);

  std::optional<std::string> text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<double> number(std::string_view key, Range range);
  std::optional<std::int64_t> integer(std::string_view key, Range range);
  /// A number with a unit, as a string.
  std::optional<double> quantity(std::string_view key, std::span<const Unit> units, Range range);
  std::vector<std::string> texts(std::string_view key);
  /// A table within; nothing if it is missing.
  std::optional<TableReader> table(std::string_view key);
  /// The tables of an array of tables ("[[memory]]").
  std::vector<TableReader> tables(std::string_view key);

  /// Whether the key is there; for keys that may be left out.
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// Every key of the table, for tables whose keys are data.
  std::vector<std::string> keys() const;

  /// Where the key's value stands, else the table.
  Place place(std::string_view key) const;
  /// A fault at the key.
  void fault(std::string_view key, std::string_view what);

  /// Keys that may be left out, known to finish() even where nobody read them.
  void optional_keys(std::initializer_list<std::string_view> keys);
  /// Refuses keys that nobody has read. Call it once, at the end.
  void finish();

 private:
  const TomlNode* find(std::string_view key) const;
  const TomlNode* require(std::string_view key);
  std::optional<double> in_range(std::string_view key, double value, Range range, std::string_view given);
  std::string path(std::string_view key) const;

  const TomlNode* node_;
  std::string title_;
  FileFaults* faults_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace netfit::device
