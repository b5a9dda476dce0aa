// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <numbers>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/vega_parts.h"

namespace netfit::report {
namespace {

// Labels at the sides must not run into the rim.
constexpr double kLabelReach = 1.28;

struct Place {
  double x;
  double y;
};

Place on_spoke(double radius, std::size_t spoke, std::size_t spokes) {
  const double angle = 2.0 * std::numbers::pi * static_cast<double>(spoke) / static_cast<double>(spokes);
  return {radius * std::sin(angle), radius * std::cos(angle)};
}

// Vega-Lite knows no radar, so its lines are drawn in x and y. `k` says what a row belongs to.
Json radar_rows(const RadarChart& radar) {
  const std::size_t spokes = radar.spokes.size();
  Json rows = Json::array();
  const auto add = [&](const char* kind, std::size_t group, double radius, std::size_t spoke) -> Json& {
    const Place place = on_spoke(radius, spoke % spokes, spokes);
    rows.push_back({{"k", kind}, {"g", group}, {"o", spoke}, {"x", place.x}, {"y", place.y}});
    return rows.back();
  };
  for (int ring = 1; ring <= kRadarRings; ++ring) {
    const double radius = static_cast<double>(ring) / kRadarRings;
    for (std::size_t i = 0; i <= spokes; ++i) add("ring", static_cast<std::size_t>(100 + ring), radius, i);
  }
  for (std::size_t i = 0; i < spokes; ++i) {
    add("spoke", 10 + i, 0.0, i);
    add("spoke", 10 + i, 1.0, i);
    Json& label = add("label", 0, 1.14, i);
    label["t"] = radar.spokes[i];
    label["x"] = kLabelReach * label["x"].get<double>();
  }
  for (std::size_t line = 0; line < radar.lines.size(); ++line) {
    for (std::size_t i = 0; i <= spokes; ++i) {
      Json& row = add("line", line, radar.lines[line].radii[i % spokes], i);
      row["d0"] = radar.lines[line].name;
      row["d1"] = radar.spokes[i % spokes];
      row["d2"] = radar.lines[line].figures[i % spokes];
    }
  }
  return rows;
}

Json only(const char* kind) { return filter(fmt::format("datum.k === '{}'", kind)); }

}  // namespace

Json radar_spec(const Chart& chart, const RadarChart& radar) {
  Json spec = frame(radar_rows(radar), kPlotHeight, chart.title);
  std::vector<Series> series;
  for (const RadarLine& line : radar.lines) series.push_back(line.series);
  const auto along = [](const char* name, double reach) -> Json {
    Json json = field(name);
    json["scale"] = {{"domain", {-reach, reach}}, {"nice", false}};
    json["axis"] = nullptr;
    return json;
  };
  // A little wider than high, for the labels beside it.
  const Json x = along("x", 1.75);
  const Json y = along("y", 1.3);
  const Json grid{{"x", x}, {"y", y}, {"detail", field("g", "nominal")}, {"order", field("o")}};
  const Json web{{"type", "line"}, {"strokeWidth", 1}, {"style", "web"}, {"tooltip", nullptr}, {"aria", false}};
  const Json color = color_by("g", series);
  const Json tooltip = tooltip_of({{"candidate", ""}, {"figure", ""}, {"reading", ""}});
  spec["layer"] = {
      {{"transform", only("ring")}, {"mark", web}, {"encoding", grid}},
      {{"transform", only("spoke")}, {"mark", web}, {"encoding", grid}},
      {{"transform", only("label")},
       {"mark", {{"type", "text"}, {"style", "spoke"}}},
       {"encoding", {{"x", x}, {"y", y}, {"text", field("t", "nominal")}}}},
      {{"transform", only("line")},
       {"mark", {{"type", "line"}, {"strokeWidth", 2}, {"tooltip", nullptr}, {"aria", false}}},
       {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"order", field("o")}}}},
      {{"transform", only("line")},
       {"mark", {{"type", "point"}, {"size", 50}, {"filled", true}, {"opacity", 1}}},
       {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"shape", shape_by("g", series)}, {"tooltip", tooltip}}}}};
  return spec;
}

}  // namespace netfit::report
