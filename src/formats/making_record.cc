// SPDX-License-Identifier: Apache-2.0
#include "formats/making_record.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "formats/metadata_json.h"

namespace netfit::formats {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBytes = std::size_t{1} << 16;
constexpr std::size_t kMostWordBytes = 200;
constexpr std::size_t kMostTechniques = 64;

Result<std::string> word_of(const Json& json, const char* member) {
  if (!json.is_string()) return bad_input(fmt::format("'{}' is not a string", member));
  const auto& word = json.get_ref<const std::string&>();
  if (word.size() > kMostWordBytes) {
    return bad_input(fmt::format("'{}' has {} bytes (allowed: {})", member, word.size(), kMostWordBytes));
  }
  return word;
}

Result<std::string> optional_word(const Json& record, const char* member) {
  return record.contains(member) ? word_of(record[member], member) : std::string();
}

template <typename Number>
Result<std::optional<Number>> optional_count(const Json& record, const char* member) {
  if (!record.contains(member)) return std::nullopt;
  if (!record[member].is_number_unsigned()) return bad_input(fmt::format("'{}' is not a whole number", member));
  return static_cast<Number>(record[member].get<std::uint64_t>());
}

Result<std::vector<std::string>> techniques_of(const Json& record) {
  std::vector<std::string> techniques;
  if (!record.contains("techniques")) return techniques;
  const Json& list = record["techniques"];
  if (!list.is_array() || list.size() > kMostTechniques) {
    return bad_input(fmt::format("'techniques' is not a list of at most {} words", kMostTechniques));
  }
  for (const Json& technique : list) techniques.push_back(NETFIT_TRY(word_of(technique, "techniques")));
  return techniques;
}

Result<MakingRecord> parse(std::string_view text) {
  const std::optional<Json> json = NETFIT_TRY(parse_metadata(text, kMostBytes));
  if (!json || !json->is_object()) return bad_input("the record is not a JSON object");
  MakingRecord record;
  record.made_by = NETFIT_TRY(optional_word(*json, "made_by"));
  record.scheme = NETFIT_TRY(optional_word(*json, "scheme"));
  record.recipe = NETFIT_TRY(optional_word(*json, "recipe"));
  record.ranges = NETFIT_TRY(optional_word(*json, "ranges"));
  record.techniques = NETFIT_TRY(techniques_of(*json));
  record.samples = NETFIT_TRY(optional_count<std::int64_t>(*json, "samples"));
  record.seed = NETFIT_TRY(optional_count<std::uint64_t>(*json, "seed"));
  return record;
}

}  // namespace

std::string making_record_json(const MakingRecord& record) {
  Json json{{"made_by", record.made_by}, {"scheme", record.scheme}};
  if (!record.recipe.empty()) json["recipe"] = record.recipe;
  if (!record.ranges.empty()) json["ranges"] = record.ranges;
  if (!record.techniques.empty()) json["techniques"] = record.techniques;
  if (record.samples) json["samples"] = *record.samples;
  if (record.seed) json["seed"] = *record.seed;
  return dump_metadata(json);
}

Result<MakingRecord> parse_making_record(std::string_view text) { return located(parse(text), kMakingKey); }

}  // namespace netfit::formats
