// SPDX-License-Identifier: Apache-2.0
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include "cli/flags/toml_file.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/files.h"
#include "base/text.h"
#include "base/toml_text.h"

namespace netfit::cli {
namespace {

std::string place(std::string_view file, const toml::source_position& position) {
  return fmt::format("{}:{}:{}", file, position.line, position.column);
}

// A list of anything but strings gives nothing, and the reader says what it wants.
std::optional<std::vector<std::string>> strings_in(const toml::node& node) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const toml::node& element : *array) {
    std::optional<std::string> text = element.value_exact<std::string>();
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

std::vector<TomlEntry> entries_of(const toml::table& table, std::string_view file) {
  std::vector<std::pair<toml::source_position, TomlEntry>> placed;
  for (const auto& [key, node] : table) {
    TomlEntry entry{.key = std::string(key.str()), .where = place(file, key.source().begin)};
    entry.text = node.value_exact<std::string>();
    entry.texts = strings_in(node);
    entry.integer = node.value_exact<std::int64_t>();
    if (node.is_number()) entry.real = node.value<double>();
    entry.boolean = node.value_exact<bool>();
    if (const toml::table* inner = node.as_table()) entry.table = entries_of(*inner, file);
    placed.emplace_back(key.source().begin, std::move(entry));
  }
  std::ranges::stable_sort(placed, [](const auto& a, const auto& b) {
    return std::tie(a.first.line, a.first.column) < std::tie(b.first.line, b.first.column);
  });
  std::vector<TomlEntry> entries;
  for (auto& [position, entry] : placed) entries.push_back(std::move(entry));
  return entries;
}

void report_type(const TomlEntry& entry, std::string_view wanted, Diagnostics& diagnostics) {
  diagnostics.error(entry.where, fmt::format("'{}' is not {}", base::printable(entry.key), wanted));
}

}  // namespace

Result<std::vector<TomlEntry>> parse_toml(std::string_view text, std::string_view where) {
  NETFIT_TRY(base::check_toml_text(text, where));
  const toml::parse_result parsed = toml::parse(text);
  if (parsed) return entries_of(parsed.table(), where);
  return fail(Error(ErrorKind::BadInput, base::printable(parsed.error().description()))
                  .at(place(where, parsed.error().source().begin)));
}

Result<std::vector<TomlEntry>> load_toml(const std::filesystem::path& path) {
  const std::string text = NETFIT_TRY(base::read_text(path));
  return parse_toml(text, path.string());
}

void report_unknown(const TomlEntry& entry, std::span<const std::string> known, Diagnostics& diagnostics) {
  const std::optional<std::string> nearest = base::nearest_word(entry.key, known);
  diagnostics.error(entry.where, fmt::format("'{}' is not a known key{}", base::printable(entry.key),
                                             nearest ? fmt::format(", did you mean '{}'?", *nearest)
                                                     : fmt::format(" (allowed: {})", base::join(known, ", "))));
}

std::optional<std::string> text_of(const TomlEntry& entry, Diagnostics& diagnostics) {
  if (!entry.text) report_type(entry, "a string", diagnostics);
  return entry.text;
}

std::optional<std::vector<std::string>> texts_of(const TomlEntry& entry, Diagnostics& diagnostics) {
  if (entry.text) return std::vector<std::string>{*entry.text};
  if (!entry.texts) report_type(entry, "a list of strings", diagnostics);
  return entry.texts;
}

std::optional<std::int64_t> count_of(const TomlEntry& entry, Diagnostics& diagnostics) {
  if (entry.integer && *entry.integer >= 1) return entry.integer;
  report_type(entry, "a whole number above 0", diagnostics);
  return std::nullopt;
}

std::optional<bool> switch_of(const TomlEntry& entry, Diagnostics& diagnostics) {
  if (!entry.boolean) report_type(entry, "true or false", diagnostics);
  return entry.boolean;
}

std::optional<std::vector<TomlEntry>> table_of(const TomlEntry& entry, Diagnostics& diagnostics) {
  if (!entry.table) report_type(entry, "a table", diagnostics);
  return entry.table;
}

}  // namespace netfit::cli
