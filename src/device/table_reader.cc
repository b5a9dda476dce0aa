// SPDX-License-Identifier: Apache-2.0
#include "device/table_reader.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"

namespace netfit::device {
namespace {

const TomlTable& empty_table() {
  static const TomlTable empty;
  return empty;
}

const TomlTable& table_of(const TomlNode& node) {
  const auto* table = std::get_if<TomlTable>(&node.value);
  return table == nullptr ? empty_table() : *table;
}

}  // namespace

Result<void> FileFaults::result() const {
  std::vector<Placed> sorted = faults_;
  std::ranges::stable_sort(sorted, {}, [](const Placed& one) { return std::tie(one.place.line, one.place.column); });
  Diagnostics all;
  for (Placed& one : sorted) {
    all.error(fmt::format("{}:{}:{}", file_, one.place.line, one.place.column), std::move(one.what));
  }
  return all.result();
}

TableReader::TableReader(const TomlNode& node, std::string title, FileFaults& faults)
    : node_(&node), title_(std::move(title)), faults_(&faults) {}

const TomlNode* TableReader::find(std::string_view key) const {
  for (const auto& [name, value] : table_of(*node_)) {
    if (name == key) return &value;
  }
  return nullptr;
}

const TomlNode* TableReader::require(std::string_view key) {
  known_.emplace(key);
  const TomlNode* found = find(key);
  if (found == nullptr) faults_->add(node_->place, fmt::format("'{}' is missing", path(key)));
  return found;
}

std::string TableReader::path(std::string_view key) const {
  const std::string shown = base::printable(key, 60);
  return title_.empty() ? shown : fmt::format("{}.{}", title_, shown);
}

Place TableReader::place(std::string_view key) const {
  const TomlNode* found = find(key);
  return found == nullptr ? node_->place : found->place;
}

void TableReader::fault(std::string_view key, std::string_view what) {
  faults_->add(place(key), fmt::format("'{}' {}", path(key), what));
}

std::optional<std::string> TableReader::text(std::string_view key) {
  constexpr std::size_t kMaxText = 1000;
  const TomlNode* found = require(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = std::get_if<std::string>(&found->value);
  if (value == nullptr || base::trim(*value).empty() || value->size() > kMaxText) {
    fault(key, fmt::format("is not a text of 1 to {} bytes", kMaxText));
    return std::nullopt;
  }
  return base::printable(*value, kMaxText);
}

std::optional<bool> TableReader::flag(std::string_view key) {
  const TomlNode* found = require(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = std::get_if<bool>(&found->value);
  if (value == nullptr) {
    fault(key, "is neither true nor false");
    return std::nullopt;
  }
  return *value;
}

std::optional<double> TableReader::in_range(std::string_view key, double value, Range range, std::string_view given) {
  // Written so that a NaN is outside.
  if (value >= range.low && value <= range.high) return value;
  fault(key, fmt::format("is {}, which is implausible (allowed: {:g} to {:g})", given, range.low, range.high));
  return std::nullopt;
}

std::optional<double> TableReader::number(std::string_view key, Range range) {
  const TomlNode* found = require(key);
  if (found == nullptr) return std::nullopt;
  if (const auto* real = std::get_if<double>(&found->value)) {
    return in_range(key, *real, range, fmt::format("{:g}", *real));
  }
  if (const auto* whole = std::get_if<std::int64_t>(&found->value)) {
    return in_range(key, static_cast<double>(*whole), range, std::to_string(*whole));
  }
  fault(key, "is not a number");
  return std::nullopt;
}

std::optional<std::int64_t> TableReader::integer(std::string_view key, Range range) {
  const TomlNode* found = require(key);
  if (found == nullptr) return std::nullopt;
  const auto* whole = std::get_if<std::int64_t>(&found->value);
  if (whole == nullptr) {
    fault(key, "is not an integer");
    return std::nullopt;
  }
  if (!in_range(key, static_cast<double>(*whole), range, std::to_string(*whole))) return std::nullopt;
  return *whole;
}

std::optional<double> TableReader::quantity(std::string_view key, std::span<const Unit> units, Range range) {
  const TomlNode* found = require(key);
  if (found == nullptr) return std::nullopt;
  const auto* value = std::get_if<std::string>(&found->value);
  if (value == nullptr) {
    fault(key, fmt::format("is not a text with a unit, like \"8 {}\"", units.front().name));
    return std::nullopt;
  }
  const Result<double> parsed = parse_quantity(*value, units);
  if (!parsed) {
    fault(key, parsed.error().what());
    return std::nullopt;
  }
  if (*parsed >= range.low && *parsed <= range.high) return *parsed;
  const std::string_view unit = units.front().name;
  fault(key, fmt::format("is '{}', which is implausible (allowed: {:g} {} to {:g} {})", base::printable(*value, 60),
                         range.low, unit, range.high, unit));
  return std::nullopt;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  constexpr std::size_t kMaxCount = 100;
  const TomlNode* found = require(key);
  if (found == nullptr) return {};
  const auto* array = std::get_if<TomlArray>(&found->value);
  if (array == nullptr || array->size() > kMaxCount) {
    fault(key, fmt::format("is not a list of at most {} texts", kMaxCount));
    return {};
  }
  std::vector<std::string> texts;
  for (const TomlNode& element : *array) {
    const auto* one = std::get_if<std::string>(&element.value);
    const bool is_new = one != nullptr && std::ranges::find(texts, *one) == texts.end();
    if (is_new && !one->empty()) {
      texts.push_back(base::printable(*one));
    } else {
      faults_->add(element.place, fmt::format("'{}' has an element that {}", path(key),
                                              one != nullptr && !is_new ? "stands there twice" : "is no text"));
    }
  }
  return texts;
}

std::optional<TableReader> TableReader::table(std::string_view key) {
  const TomlNode* found = require(key);
  if (found == nullptr) return std::nullopt;
  if (!std::holds_alternative<TomlTable>(found->value)) {
    fault(key, "is not a table");
    return std::nullopt;
  }
  return TableReader(*found, path(key), *faults_);
}

std::vector<TableReader> TableReader::tables(std::string_view key) {
  constexpr std::size_t kMaxCount = 32;
  const TomlNode* found = require(key);
  if (found == nullptr) return {};
  const auto* array = std::get_if<TomlArray>(&found->value);
  const bool are_tables = array != nullptr && std::ranges::all_of(*array, [](const TomlNode& element) {
                            return std::holds_alternative<TomlTable>(element.value);
                          });
  if (!are_tables || array->size() > kMaxCount) {
    fault(key, fmt::format("is not a list of at most {0} tables, each under [[{1}]]", kMaxCount, path(key)));
    return {};
  }
  std::vector<TableReader> readers;
  for (const TomlNode& element : *array) readers.emplace_back(element, path(key), *faults_);
  return readers;
}

std::vector<std::string> TableReader::keys() const {
  std::vector<std::string> keys;
  for (const auto& [name, value] : table_of(*node_)) keys.push_back(name);
  return keys;
}

void TableReader::optional_keys(std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) known_.emplace(key);
}

void TableReader::finish() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const auto& [key, value] : table_of(*node_)) {
    if (known_.contains(key)) continue;
    const std::optional<std::string> nearest = base::nearest_word(key, known);
    fault(key, nearest ? fmt::format("is not known, did you mean '{}'?", *nearest)
                       : fmt::format("is not known (allowed: {})", base::join(known, ", ")));
  }
}

}  // namespace netfit::device
