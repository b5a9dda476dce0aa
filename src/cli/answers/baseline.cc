// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/baseline.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/version.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;
// Objects in objects, and their numbers; a tree is freed recursively.
constexpr int kDepth = 4;

Result<Json> parse(const std::string& text) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kDepth;
    return !too_deep;
  };
  Json json = Json::parse(text, watch_depth, false);
  if (too_deep || !json.is_object()) return bad_input("is not a baseline of netfit gate");
  return json;
}

Result<std::string> text_member(const Json& json, const char* name) {
  if (json.contains(name) && json[name].is_string()) return json[name].get<std::string>();
  return bad_input(fmt::format("'{}' is not a text", name));
}

Result<Baseline> read_baseline(const std::string& text) {
  const Json json = NETFIT_TRY(parse(text));
  const auto schema = json.find("netfit_baseline");
  if (schema == json.end() || *schema != kSchema) {
    return bad_input(fmt::format("is not a baseline of version {} of netfit gate", kSchema));
  }
  Baseline baseline{.device = NETFIT_TRY(text_member(json, "device")),
                    .runtime = NETFIT_TRY(text_member(json, "runtime"))};
  const auto figures = json.find("figures");
  if (figures == json.end() || !figures->is_object()) return bad_input("'figures' is not an object");
  for (const auto& [name, figure] : figures->items()) {
    const std::optional<Quantity> quantity = find_json_name(name);
    if (!quantity) return bad_input(fmt::format("'figures.{}' is not a known figure", base::printable(name)));
    const bool good = figure.is_object() && figure.contains("value") && figure["value"].is_number();
    const double value = good ? figure["value"].get<double>() : -1.0;
    if (!std::isfinite(value) || value < 0.0) {
      return bad_input(fmt::format("'figures.{}' has no value of 0 or more", base::printable(name)));
    }
    baseline.figures[*quantity] = value;
  }
  return baseline;
}

}  // namespace

std::string write_baseline(const select::Option& option) {
  Json json{{"netfit_baseline", kSchema}, {"tool_version", kVersion},  {"model", option.model},
            {"device", option.device},    {"runtime", option.runtime}, {"figures", Json::object()}};
  for (const auto& [quantity, reading] : option.readings) json["figures"][json_name(quantity)] = reading_json(reading);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Baseline> load_baseline(const std::filesystem::path& path) {
  const std::string text = NETFIT_TRY(base::read_text(path));
  return located(read_baseline(text), path.string());
}

}  // namespace netfit::cli
