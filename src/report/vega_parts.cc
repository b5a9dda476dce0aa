// SPDX-License-Identifier: Apache-2.0
#include "report/vega_parts.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/palette.h"
#include "report/scale.h"

namespace netfit::report {
namespace {

constexpr int kTicks = 6;

}  // namespace

Json field(const char* name, const char* type) { return {{"field", name}, {"type", type}}; }

void add_details(Json& row, const std::vector<Detail>& details) {
  for (std::size_t i = 0; i < details.size(); ++i) row[fmt::format("d{}", i)] = details[i].second;
}

Json tooltip_of(const std::vector<Detail>& details) {
  Json list = Json::array();
  for (std::size_t i = 0; i < details.size(); ++i) {
    list.push_back({{"field", fmt::format("d{}", i)}, {"title", details[i].first}, {"type", "nominal"}});
  }
  return list;
}

Json color_by(const char* name, const std::vector<Series>& series) {
  Json domain = Json::array();
  Json range = Json::array();
  for (std::size_t i = 0; i < series.size(); ++i) {
    domain.push_back(i);
    range.push_back(kPalette.at(series[i].color));
  }
  return {{"field", name}, {"type", "nominal"}, {"scale", {{"domain", domain}, {"range", range}}}, {"legend", nullptr}};
}

Json shape_by(const char* name, const std::vector<Series>& series) {
  Json domain = Json::array();
  Json range = Json::array();
  for (std::size_t i = 0; i < series.size(); ++i) {
    domain.push_back(i);
    range.push_back(kShapes.at(series[i].shape % kShapes.size()));
  }
  return {{"field", name}, {"type", "nominal"}, {"scale", {{"domain", domain}, {"range", range}}}, {"legend", nullptr}};
}

Json axis_of(const char* name, const Axis& axis) {
  Json scale{{"domain", {axis.low, axis.high}}, {"nice", false}};
  // Vega-Lite warns of either where it does not belong.
  if (axis.logarithmic) {
    scale["type"] = "log";
  } else {
    scale["zero"] = false;
  }
  Json json = field(name);
  json["scale"] = scale;
  json["title"] = axis.title;
  const int decimals = tick_decimals(axis, kTicks);
  json["axis"] = {{"values", ticks_of(axis, kTicks)},
                  {"format", decimals < 0 ? ".6~g" : fmt::format(".{}f", decimals)}};
  return json;
}

Json filter(const std::string& expression) {
  Json list = Json::array();
  list.push_back({{"filter", expression}});
  return list;
}

Json frame(Json values, std::size_t height, const std::string& description) {
  return {{"description", description},
          {"width", "container"},
          {"height", height},
          {"autosize", {{"type", "fit-x"}, {"contains", "padding"}}},
          {"data", {{"values", std::move(values)}}}};
}

}  // namespace netfit::report
