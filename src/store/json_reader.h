// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

namespace netfit::store {

using Json = nlohmann::ordered_json;

/// Reads the members of one JSON object; a failure names the member by its path, "candidate.model".
class JsonReader {
 public:
  /// `path` is empty for the outermost object.
  static Result<JsonReader> create(const Json& json, std::string path);

  /// Fails on a member that is not among `names`.
  Result<void> only(std::initializer_list<std::string_view> names) const;
  bool has(const char* name) const;

  Result<std::string> text(const char* name) const;
  Result<std::int64_t> integer(const char* name) const;
  Result<std::uint64_t> natural(const char* name) const;
  Result<double> real(const char* name) const;
  Result<JsonReader> object(const char* name) const;
  Result<const Json*> array(const char* name) const;

  /// "candidate.model" for "model" in "candidate".
  std::string path_of(std::string_view name) const;

 private:
  JsonReader(const Json& json, std::string path) : json_(&json), path_(std::move(path)) {}
  Result<const Json*> member(const char* name) const;

  const Json* json_;
  std::string path_;
};

/// A string, or {"hex": "..."} for bytes that are not UTF-8.
Json json_of(const std::string& text);
Result<std::string> text_of(const Json& json, std::string_view path);

/// The JSON in `text`; refuses what is nested deeper than `depth`, because a tree is freed recursively.
Result<Json> parse_json(std::string_view text, int depth);

}  // namespace netfit::store
