// SPDX-License-Identifier: Apache-2.0
#include "formats/metadata_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netfit::formats {

using Json = nlohmann::ordered_json;

Result<std::optional<Json>> parse_metadata(std::string_view text, std::size_t most_bytes) {
  if (text.size() > most_bytes) {
    return bad_input(fmt::format("the record has {} bytes (allowed: {})", text.size(), most_bytes));
  }
  // Nesting is refused before the tree exists, because a tree is as deep as the text says and is freed recursively.
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > 4;
    return !too_deep;
  };
  Json json = Json::parse(text, watch_depth, false);
  if (too_deep || json.is_discarded()) return std::nullopt;
  return json;
}

std::string dump_metadata(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace netfit::formats
