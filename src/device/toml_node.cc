// SPDX-License-Identifier: Apache-2.0
#include "device/toml_node.h"

// toml++ without exceptions exists header-only.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/text.h"
#include "base/toml_text.h"

namespace netfit::device {
namespace {

Place place_of(const toml::source_region& source) { return {source.begin.line, source.begin.column}; }

TomlNode convert(const toml::node& node);

TomlTable convert_table(const toml::table& table) {
  TomlTable converted;
  for (const auto& [key, value] : table) {
    converted.push_back({.key = std::string(key.str()), .value = convert(value)});
    converted.back().value.place = place_of(key.source());
  }
  return converted;
}

TomlNode convert(const toml::node& node) {
  TomlNode converted{.value = {}, .place = place_of(node.source())};
  if (const auto* text = node.as_string()) converted.value = text->get();
  if (const auto* integer = node.as_integer()) converted.value = integer->get();
  if (const auto* real = node.as_floating_point()) converted.value = real->get();
  if (const auto* flag = node.as_boolean()) converted.value = flag->get();
  if (const auto* table = node.as_table()) converted.value = convert_table(*table);
  if (const auto* array = node.as_array()) {
    TomlArray elements;
    for (const toml::node& element : *array) elements.push_back(convert(element));
    converted.value = std::move(elements);
  }
  return converted;
}

base::Failure fault(const std::string& where, Place place, std::string what) {
  return fail(Error(ErrorKind::BadInput, std::move(what)).at(fmt::format("{}:{}:{}", where, place.line, place.column)));
}

}  // namespace

Result<TomlNode> parse_toml(std::string_view text, const std::string& where) {
  NETFIT_TRY(base::check_toml_text(text, where));
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return fault(where, place_of(parsed.error().source()), base::printable(parsed.error().description()));
  }
  return TomlNode{.value = convert_table(parsed.table()), .place = {1, 1}};
}

}  // namespace netfit::device
