// SPDX-License-Identifier: Apache-2.0
#include "store/json_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace netfit::store {
namespace {

base::Failure wrong(std::string_view path, std::string_view wanted) {
  return bad_input(fmt::format("'{}' is not {}", path, wanted));
}

Result<std::string> bytes_of(const std::string& digits, std::string_view path) {
  std::string bytes(digits.size() / 2, '\0');
  bool good = digits.size() % 2 == 0;
  for (std::size_t i = 0; good && i < bytes.size(); ++i) {
    unsigned value = 0;
    const char* begin = digits.data() + 2 * i;
    const auto [end, error] = std::from_chars(begin, begin + 2, value, 16);
    good = error == std::errc{} && end == begin + 2;
    bytes[i] = static_cast<char>(value);
  }
  if (!good) return wrong(path, "pairs of hexadecimal digits");
  return bytes;
}

}  // namespace

Result<JsonReader> JsonReader::create(const Json& json, std::string path) {
  if (json.is_object()) return JsonReader(json, std::move(path));
  if (path.empty()) return bad_input("is not a JSON object");
  return wrong(path, "a JSON object");
}

std::string JsonReader::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : fmt::format("{}.{}", path_, name);
}

Result<void> JsonReader::only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : json_->items()) {
    if (std::ranges::find(names, std::string_view(name)) == names.end()) {
      return bad_input(fmt::format("'{}' is not a known field", base::printable(path_of(name))));
    }
  }
  return {};
}

bool JsonReader::has(const char* name) const { return json_->contains(name); }

Result<const Json*> JsonReader::member(const char* name) const {
  const auto found = json_->find(name);
  if (found == json_->end()) return bad_input(fmt::format("'{}' is missing", path_of(name)));
  return &*found;
}

Result<std::string> JsonReader::text(const char* name) const {
  const Json* json = NETFIT_TRY(member(name));
  return text_of(*json, path_of(name));
}

Result<std::int64_t> JsonReader::integer(const char* name) const {
  const Json* json = NETFIT_TRY(member(name));
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const bool fits = !json->is_number_unsigned() || json->get<std::uint64_t>() <= kMost;
  if (!json->is_number_integer() || !fits) return wrong(path_of(name), "a whole number of 64 bits");
  return json->get<std::int64_t>();
}

Result<std::uint64_t> JsonReader::natural(const char* name) const {
  const Json* json = NETFIT_TRY(member(name));
  if (!json->is_number_unsigned()) return wrong(path_of(name), "a whole number from 0 to 2^64 - 1");
  return json->get<std::uint64_t>();
}

Result<double> JsonReader::real(const char* name) const {
  const Json* json = NETFIT_TRY(member(name));
  if (!json->is_number()) return wrong(path_of(name), "a number");
  return json->get<double>();
}

Result<JsonReader> JsonReader::object(const char* name) const {
  const Json* json = NETFIT_TRY(member(name));
  return create(*json, path_of(name));
}

Result<const Json*> JsonReader::array(const char* name) const {
  const Json* json = NETFIT_TRY(member(name));
  if (!json->is_array()) return wrong(path_of(name), "a list");
  return json;
}

Json json_of(const std::string& text) {
  try {
    static_cast<void>(Json(text).dump());
    return text;
  } catch (const Json::type_error&) {  // not UTF-8
    std::string digits;
    for (const char c : text) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
    Json json = Json::object();
    json["hex"] = digits;
    return json;
  }
}

Result<std::string> text_of(const Json& json, std::string_view path) {
  if (json.is_string()) return json.get<std::string>();
  if (json.is_object() && json.size() == 1 && json.contains("hex") && json["hex"].is_string()) {
    return bytes_of(json["hex"].get_ref<const std::string&>(), path);
  }
  return wrong(path, "a text");
}

Result<Json> parse_json(std::string_view text, int depth) {
  bool too_deep = false;
  const auto watch_depth = [&](int at, Json::parse_event_t, Json&) {
    too_deep = too_deep || at > depth;
    return !too_deep;
  };
  Json json = Json::parse(text, watch_depth, false);
  if (too_deep) return bad_input(fmt::format("is nested deeper than {} levels", depth));
  if (json.is_discarded()) return bad_input("is not valid JSON");
  return json;
}

}  // namespace netfit::store
