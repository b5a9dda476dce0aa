// SPDX-License-Identifier: Apache-2.0
// Names and texts of strangers are data in these specifications, never field names or expressions.
#include "report/vega.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "report/vega_parts.h"

namespace netfit::report {
namespace {

constexpr std::size_t kRowHeight = 17;
constexpr std::size_t kColumnsHeight = 220;

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

Json line_spec(const Chart& chart, const LineChart& lines) {
  Json rows = Json::array();
  std::vector<Series> series;
  for (std::size_t i = 0; i < lines.lines.size(); ++i) {
    series.push_back(lines.lines[i].series);
    for (const auto& [x, y] : lines.lines[i].points) {
      Json row{{"g", i}, {"x", x}, {"y", y}};
      add_details(row,
                  {{"line", lines.lines[i].name}, {"x", fmt::format("{:.6g}", x)}, {"y", fmt::format("{:.6g}", y)}});
      rows.push_back(std::move(row));
    }
  }
  Json spec = frame(std::move(rows), kPlotHeight, chart.title);
  const Json encoding{{"x", axis_of("x", lines.x)}, {"y", axis_of("y", lines.y)}, {"color", color_by("g", series)}};
  Json points = encoding;
  points["shape"] = shape_by("g", series);
  points["tooltip"] = tooltip_of({{"line", ""}, {lines.x.title, ""}, {lines.y.title, ""}});
  spec["layer"] = {
      {{"mark", {{"type", "line"}, {"strokeWidth", 1.8}, {"tooltip", nullptr}, {"aria", false}}},
       {"encoding", encoding}},
      {{"mark", {{"type", "point"}, {"size", 40}, {"filled", true}, {"opacity", 1}}}, {"encoding", points}}};
  return spec;
}

}  // namespace

std::string vega_spec(const Chart& chart) {
  Json spec;
  if (const auto* scatter = std::get_if<ScatterChart>(&chart.drawing)) {
    spec = scatter_spec(chart, *scatter);
  } else if (const auto* lines = std::get_if<LineChart>(&chart.drawing)) {
    spec = line_spec(chart, *lines);
  } else if (const auto* radar = std::get_if<RadarChart>(&chart.drawing)) {
    spec = radar_spec(chart, *radar);
  } else {
    spec = bar_spec(chart, std::get<BarChart>(chart.drawing));
  }
  return spec.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace netfit::report
