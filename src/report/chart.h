// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// What a chart shows, without how it is drawn: svg.cc and vega.cc draw the same records. All texts are fit to be shown
// (text.h), but not escaped for any file.
namespace netfit::report {

/// One line of what hovering shows: "latency", "45.25 ms (30 ms to 61 ms, analytic)".
using Detail = std::pair<std::string, std::string>;

/// A kind of mark: its words in the legend, and where it stands in the palette (palette.h).
struct Series {
  std::string name;
  std::size_t color = 0;
  std::size_t shape = 0;
};

struct Axis {
  std::string title;  ///< with the unit
  bool logarithmic = false;
  double low = 0.0;  ///< of what is shown
  double high = 1.0;
};

/// A figure with its 90 % interval, in the axis's unit.
struct Span {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};

struct Point {
  std::string name;
  std::size_t color = 0;  ///< place in ScatterChart::colors
  std::size_t shape = 0;  ///< place in ScatterChart::shapes
  Span x;
  Span y;
  bool on_front = false;
  bool chosen = false;
  std::vector<Detail> details;
};

struct ScatterChart {
  Axis x;
  Axis y;
  std::vector<Series> colors;
  std::vector<Series> shapes;  ///< of one, if shapes say nothing
  std::vector<Point> points;
  std::vector<std::size_t> front;  ///< places in `points`, from left to right
};

struct Bar {
  std::string name;
  double value = 0.0;
  std::size_t color = 0;  ///< place in BarChart::colors
  std::string label;      ///< at the bar's end
  std::vector<Detail> details;
};

enum class Direction { Rows, Columns };

struct BarChart {
  Axis axis;
  Direction direction = Direction::Rows;
  std::string across;  ///< title of the other axis
  std::vector<Series> colors;
  std::vector<Bar> bars;
};

/// A figure as it develops.
struct Line {
  std::string name;
  Series series;
  std::vector<std::pair<double, double>> points;  ///< x rises
};

struct LineChart {
  Axis x;
  Axis y;
  std::vector<Line> lines;
};

/// One closed line over all spokes.
struct RadarLine {
  std::string name;
  std::vector<double> radii;  ///< one per spoke, 0 to 1
  std::vector<std::string> figures;
  Series series;
};

/// From the rim to the centre.
inline constexpr int kRadarRings = 4;

struct RadarChart {
  std::vector<std::string> spokes;
  std::vector<RadarLine> lines;
};

struct Chart {
  std::string name;  ///< "accuracy-latency"
  std::string title;
  std::string caption;  ///< what the marks mean
  std::variant<ScatterChart, BarChart, LineChart, RadarChart> drawing;
  std::string missing;  ///< why there is nothing to draw; then `drawing` counts for nothing
};

}  // namespace netfit::report
