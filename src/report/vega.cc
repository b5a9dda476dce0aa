// SPDX-License-Identifier: Apache-2.0
// Names and texts of strangers are data in these specifications, never field names or expressions.
#include "report/vega.h"

#include <cmath>
#include <numbers>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/palette.h"
#include "report/scale.h"

namespace netfit::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kTicks = 6;
constexpr std::size_t kRowHeight = 17;
constexpr std::size_t kColumnsHeight = 220;
constexpr std::size_t kPlotHeight = 320;

Json field(const char* name, const char* type = "quantitative") { return {{"field", name}, {"type", type}}; }

// d0, d1, ...: what hovering shows.
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

// A field with places of series, and the colours of those.
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

// Keeps the rows of which `expression` is true.
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

Json scatter_rows(const ScatterChart& scatter) {
  Json rows = Json::array();
  for (const Point& point : scatter.points) {
    Json row{{"n", point.name},    {"s", point.color},   {"m", point.shape},  {"x", point.x.value}, {"xl", point.x.low},
             {"xh", point.x.high}, {"y", point.y.value}, {"yl", point.y.low}, {"yh", point.y.high}};
    if (point.chosen) row["c"] = true;
    add_details(row, point.details);
    rows.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < scatter.front.size(); ++i) rows[scatter.front[i]]["f"] = i;
  return rows;
}

Json interval(const char* along, const char* low, const char* high, const Json& color) {
  const char* across = *along == 'x' ? "y" : "x";
  const std::string end = fmt::format("{}2", along);
  Json encoding{{along, field(low)}, {end, {{"field", high}}}, {across, field(across)}, {"color", color}};
  return {{"mark", {{"type", "rule"}, {"opacity", 0.5}, {"strokeWidth", 1.5}, {"tooltip", nullptr}, {"aria", false}}},
          {"encoding", encoding}};
}

Json scatter_spec(const Chart& chart, const ScatterChart& scatter) {
  Json spec = frame(scatter_rows(scatter), kPlotHeight, chart.title);
  const Json color = color_by("s", scatter.colors);
  const Json shape = shape_by("m", scatter.shapes);
  const Json x = axis_of("x", scatter.x);
  const Json y = axis_of("y", scatter.y);
  const Json tooltip = scatter.points.empty() ? Json::array() : tooltip_of(scatter.points.front().details);
  const Json on_front = filter("isValid(datum.f)");
  const Json off_front = filter("!isValid(datum.f)");
  const Json is_chosen = filter("isValid(datum.c)");
  Json points{{"x", x}, {"y", y}, {"shape", shape}, {"tooltip", tooltip}, {"description", field("n", "nominal")}};
  Json hollow = points;
  hollow["stroke"] = color;
  hollow["fill"] = {{"value", "transparent"}};
  Json filled = points;
  filled["fill"] = color;
  filled["stroke"] = color;
  const Json mark{{"type", "point"}, {"size", 90}, {"strokeWidth", 1.8}, {"opacity", 1}};
  spec["layer"] = {interval("x", "xl", "xh", color),
                   interval("y", "yl", "yh", color),
                   {{"transform", on_front},
                    {"mark",
                     {{"type", "line"},
                      {"interpolate", "step-after"},
                      {"strokeDash", {5, 4}},
                      {"strokeWidth", 1.5},
                      {"style", "front"}}},
                    {"encoding", {{"x", x}, {"y", y}, {"order", field("f")}}}},
                   // Below the points, so that it hides none from the pointer.
                   {{"transform", is_chosen},
                    {"mark",
                     {{"type", "point"},
                      {"size", 330},
                      {"strokeWidth", 1.5},
                      {"shape", "circle"},
                      {"style", "chosen"},
                      {"opacity", 1},
                      {"tooltip", nullptr},
                      {"aria", false}}},
                    {"encoding", {{"x", x}, {"y", y}}}},
                   {{"transform", off_front}, {"mark", mark}, {"encoding", hollow}},
                   {{"transform", on_front}, {"mark", mark}, {"encoding", filled}}};
  return spec;
}

Json bar_rows(const BarChart& bars) {
  Json rows = Json::array();
  for (const Bar& bar : bars.bars) {
    Json row{{"n", bar.name}, {"v", bar.value}, {"s", bar.color}, {"t", bar.label}};
    add_details(row, bar.details);
    rows.push_back(std::move(row));
  }
  return rows;
}

Json bar_spec(const Chart& chart, const BarChart& bars) {
  const bool rows = bars.direction == Direction::Rows;
  Json spec = frame(bar_rows(bars), rows ? kRowHeight * bars.bars.size() : kColumnsHeight, chart.title);
  Json value = axis_of("v", bars.axis);
  Json place = field("n", "nominal");
  place["sort"] = nullptr;
  place["title"] = nullptr;
  place["scale"] = {{"paddingInner", rows ? 0.3 : 0.08}};
  if (!rows) {
    place["axis"] = {{"labels", false}, {"ticks", false}};
    place["title"] = bars.across;
  } else {
    place["axis"] = {{"labelLimit", 190}, {"ticks", false}, {"domain", false}};
  }
  const Json tooltip = bars.bars.empty() ? Json::array() : tooltip_of(bars.bars.front().details);
  Json encoding{{rows ? "y" : "x", place}, {rows ? "x" : "y", value}};
  Json bar = encoding;
  bar["color"] = color_by("s", bars.colors);
  bar["tooltip"] = tooltip;
  bar["description"] = field("n", "nominal");
  Json label = encoding;
  label["text"] = field("t", "nominal");
  spec["layer"] = Json::array({{{"mark", {{"type", "bar"}}}, {"encoding", bar}}});
  if (rows) {
    spec["layer"].push_back(
        {{"mark", {{"type", "text"}, {"align", "left"}, {"dx", 4}, {"style", "figure"}}}, {"encoding", label}});
  }
  return spec;
}

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

}  // namespace

std::string vega_spec(const Chart& chart) {
  Json spec;
  if (const auto* scatter = std::get_if<ScatterChart>(&chart.drawing)) {
    spec = scatter_spec(chart, *scatter);
  } else if (const auto* radar = std::get_if<RadarChart>(&chart.drawing)) {
    spec = radar_spec(chart, *radar);
  } else {
    spec = bar_spec(chart, std::get<BarChart>(chart.drawing));
  }
  return spec.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace netfit::report
