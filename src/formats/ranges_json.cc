// SPDX-License-Identifier: Apache-2.0
#include "formats/ranges_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/metadata_json.h"

namespace netfit::formats {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostBytes = std::size_t{8} << 20;

Result<void> apply(ir::Graph& graph, std::string_view text) {
  const std::optional<Json> json = NETFIT_TRY(parse_metadata(text, kMostBytes));
  if (!json || !json->is_object()) return bad_input("the record is not a JSON object");
  for (const auto& [name, ends] : json->items()) {
    const bool sound = ends.is_array() && ends.size() == 2 && ends[0].is_number() && ends[1].is_number();
    if (!sound) return bad_input(fmt::format("the range of '{}' is not two numbers", base::printable(name)));
    const auto found = graph.find_value(name);
    if (!found) continue;
    ir::Value& value = graph.value(*found);
    if (value.dtype != DType::Float32 || value.is_constant()) continue;
    value.range = ir::Interval{ends[0].get<float>(), ends[1].get<float>()};
  }
  return {};
}

}  // namespace

std::string ranges_json(const ir::Graph& graph) {
  Json json = Json::object();
  for (const ir::ValueId id : graph.values()) {
    const ir::Value& value = graph.value(id);
    if (value.range) json[value.name] = {static_cast<double>(value.range->low), static_cast<double>(value.range->high)};
  }
  return json.empty() ? std::string() : dump_metadata(json);
}

Result<void> apply_ranges_json(ir::Graph& graph, std::string_view text) {
  return located(apply(graph, text), kRangesKey);
}

}  // namespace netfit::formats
