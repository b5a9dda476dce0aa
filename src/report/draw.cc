// SPDX-License-Identifier: Apache-2.0
#include "report/draw.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

#include "report/palette.h"
#include "report/scale.h"
#include "report/svg_canvas.h"

namespace netfit::report {
namespace {

constexpr int kTicks = 6;
constexpr double kWidth = 720.0;
constexpr double kMargin = 24.0;
constexpr double kLine = 20.0;
constexpr double kTitleBase = 30.0;

std::string hint_of(const std::vector<Detail>& details) {
  std::string hint;
  for (const auto& [what, words] : details) hint += fmt::format("{}{}: {}", hint.empty() ? "" : "\n", what, words);
  return hint;
}

std::string tick_label(double tick, int decimals) {
  return decimals < 0 ? fmt::format("{:.6g}", tick) : fmt::format("{:.{}f}", tick, decimals);
}

// Where a plot's inside lies.
struct Frame {
  double left = 0.0;
  double top = 0.0;
  double right = 0.0;
  double bottom = 0.0;

  double x(const Axis& axis, double value) const { return left + (right - left) * place_on(axis, value); }
  double y(const Axis& axis, double value) const { return bottom - (bottom - top) * place_on(axis, value); }
};

/// Sets entries one after the other, in as many lines as they need.
class LegendRow {
 public:
  LegendRow(SvgCanvas& canvas, double top) : canvas_(canvas), y_(top) {}

  void add(const Series& series, Filled filled, std::string_view color) {
    canvas_.mark(place(series.name), series.shape, filled, color, "");
  }
  void add_ring(std::string_view words) { canvas_.ring(place(words)); }
  /// Where what comes below may begin.
  double bottom() const { return y_ + 14.0; }

 private:
  // Sets the words, and says where the mark before them is.
  Spot place(std::string_view words) {
    const double width = 20.0 + text_width(words) + 16.0;
    if (x_ + width > kWidth - kMargin && x_ > kMargin) {
      x_ = kMargin;
      y_ += kLine;
    }
    const Spot mark{x_ + 6.0, y_ - 4.0};
    canvas_.text({x_ + 20.0, y_}, Anchor::Start, "", words);
    x_ += width;
    return mark;
  }

  SvgCanvas& canvas_;
  double x_ = kMargin;
  double y_;
};

double draw_head(SvgCanvas& canvas, const Chart& chart) {
  canvas.text({kMargin, kTitleBase}, Anchor::Start, "head", chart.title);
  return kTitleBase + 26.0;
}

void draw_x_axis(SvgCanvas& canvas, const Frame& frame, const Axis& axis) {
  const int decimals = tick_decimals(axis, kTicks);
  for (const double tick : ticks_of(axis, kTicks)) {
    const double x = frame.x(axis, tick);
    canvas.line({x, frame.top}, {x, frame.bottom}, "grid");
    canvas.text({x, frame.bottom + 18.0}, Anchor::Middle, "", tick_label(tick, decimals));
  }
  canvas.line({frame.left, frame.bottom}, {frame.right, frame.bottom}, "axis");
  canvas.text({(frame.left + frame.right) / 2.0, frame.bottom + 40.0}, Anchor::Middle, "", axis.title);
}

void draw_y_axis(SvgCanvas& canvas, const Frame& frame, const Axis& axis) {
  const int decimals = tick_decimals(axis, kTicks);
  for (const double tick : ticks_of(axis, kTicks)) {
    const double y = frame.y(axis, tick);
    canvas.line({frame.left, y}, {frame.right, y}, "grid");
    canvas.text({frame.left - 8.0, y + 4.0}, Anchor::End, "", tick_label(tick, decimals));
  }
  canvas.line({frame.left, frame.top}, {frame.left, frame.bottom}, "axis");
  canvas.text({frame.left, frame.top - 8.0}, Anchor::Middle, "", axis.title);
}

void draw_interval(SvgCanvas& canvas, Spot from, Spot to, std::string_view color) {
  const std::array<Spot, 2> ends{from, to};
  canvas.path(ends, fmt::format("class=\"interval\" stroke=\"{}\" stroke-width=\"1.5\"", color));
}

// Each point of the front is the best up to the next one, hence the steps.
void draw_front(SvgCanvas& canvas, const Frame& frame, const ScatterChart& chart) {
  std::vector<Spot> steps;
  for (const std::size_t place : chart.front) {
    const Point& point = chart.points[place];
    const Spot spot{frame.x(chart.x, point.x.value), frame.y(chart.y, point.y.value)};
    if (!steps.empty()) steps.push_back({spot.x, steps.back().y});
    steps.push_back(spot);
  }
  canvas.path(steps, "fill=\"none\" stroke=\"#5b626c\" stroke-width=\"1.5\" stroke-dasharray=\"5 4\"");
}

std::string draw_scatter(const Chart& chart, const ScatterChart& scatter) {
  constexpr double kHeight = 460.0;
  SvgCanvas canvas;
  LegendRow legend(canvas, draw_head(canvas, chart));
  for (const Series& color : scatter.colors) legend.add(color, Filled::Yes, kPalette.at(color.color));
  if (scatter.shapes.size() > 1) {
    for (const Series& shape : scatter.shapes) legend.add(shape, Filled::No, "#5b626c");
  }
  if (std::ranges::any_of(scatter.points, &Point::chosen)) legend.add_ring("recommended");
  const Frame frame{72.0, legend.bottom() + 24.0, kWidth - kMargin, kHeight - 52.0};
  draw_x_axis(canvas, frame, scatter.x);
  draw_y_axis(canvas, frame, scatter.y);
  draw_front(canvas, frame, scatter);
  for (const Point& point : scatter.points) {
    const std::string_view color = kPalette.at(scatter.colors.at(point.color).color);
    const Spot at{frame.x(scatter.x, point.x.value), frame.y(scatter.y, point.y.value)};
    draw_interval(canvas, {frame.x(scatter.x, point.x.low), at.y}, {frame.x(scatter.x, point.x.high), at.y}, color);
    draw_interval(canvas, {at.x, frame.y(scatter.y, point.y.low)}, {at.x, frame.y(scatter.y, point.y.high)}, color);
  }
  for (const Point& point : scatter.points) {
    const std::string_view color = kPalette.at(scatter.colors.at(point.color).color);
    const Spot at{frame.x(scatter.x, point.x.value), frame.y(scatter.y, point.y.value)};
    canvas.mark(at, scatter.shapes.at(point.shape).shape, point.on_front ? Filled::Yes : Filled::No, color,
                hint_of(point.details));
    if (point.chosen) canvas.ring(at);
  }
  return canvas.finish(kWidth, kHeight, chart.title, chart.caption);
}

std::string draw_lines(const Chart& chart, const LineChart& lines) {
  constexpr double kHeight = 400.0;
  SvgCanvas canvas;
  LegendRow legend(canvas, draw_head(canvas, chart));
  const auto shape_of = [](const Line& line) { return line.series.shape % kShapes.size(); };
  for (const Line& line : lines.lines)
    legend.add({line.name, 0, shape_of(line)}, Filled::Yes, kPalette.at(line.series.color));
  const Frame frame{72.0, legend.bottom() + 24.0, kWidth - kMargin, kHeight - 52.0};
  draw_x_axis(canvas, frame, lines.x);
  draw_y_axis(canvas, frame, lines.y);
  for (const Line& line : lines.lines) {
    const std::string_view color = kPalette.at(line.series.color);
    std::vector<Spot> spots;
    for (const auto& [x, y] : line.points) spots.push_back({frame.x(lines.x, x), frame.y(lines.y, y)});
    canvas.path(spots, fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"1.8\"", color));
    if (spots.empty()) continue;
    const auto& [x, y] = line.points.back();
    canvas.mark(spots.back(), shape_of(line), Filled::Yes, color,
                fmt::format("{}\n{}: {:.6g}\n{}: {:.6g}", line.name, lines.x.title, x, lines.y.title, y));
  }
  return canvas.finish(kWidth, kHeight, chart.title, chart.caption);
}

std::vector<Series> used_colors(const BarChart& bars) {
  std::vector<Series> used;
  for (std::size_t i = 0; i < bars.colors.size(); ++i) {
    const bool there = std::ranges::any_of(bars.bars, [&](const Bar& bar) { return bar.color == i; });
    if (there) used.push_back({bars.colors[i].name, bars.colors[i].color, 1});
  }
  return used;
}

double draw_bar_legend(SvgCanvas& canvas, const Chart& chart, const BarChart& bars) {
  LegendRow legend(canvas, draw_head(canvas, chart));
  const std::vector<Series> used = used_colors(bars);
  for (const Series& color : used) legend.add(color, Filled::Yes, kPalette.at(color.color));
  return legend.bottom();
}

std::string bar_style(const BarChart& bars, const Bar& bar) {
  return fmt::format("fill=\"{}\"", kPalette.at(bars.colors.at(bar.color).color));
}

std::string draw_rows(const Chart& chart, const BarChart& bars) {
  constexpr double kRow = 18.0;
  SvgCanvas canvas;
  double names = 0.0;
  for (const Bar& bar : bars.bars) names = std::max(names, text_width(bar.name));
  const double top = draw_bar_legend(canvas, chart, bars) + 4.0;
  const double bottom = top + kRow * static_cast<double>(bars.bars.size());
  const Frame frame{kMargin + names + 10.0, top, kWidth - kMargin - 44.0, bottom};
  draw_x_axis(canvas, frame, bars.axis);
  for (std::size_t i = 0; i < bars.bars.size(); ++i) {
    const Bar& bar = bars.bars[i];
    const double y = top + kRow * static_cast<double>(i);
    const double end = frame.x(bars.axis, bar.value);
    canvas.text({frame.left - 8.0, y + 13.0}, Anchor::End, "", bar.name);
    canvas.rectangle({frame.left, y + 3.0}, end - frame.left, kRow - 6.0, bar_style(bars, bar));
    canvas.text({end + 6.0, y + 13.0}, Anchor::Start, "", bar.label);
  }
  return canvas.finish(kWidth, bottom + 56.0, chart.title, chart.caption);
}

std::string draw_columns(const Chart& chart, const BarChart& bars) {
  constexpr double kHeight = 320.0;
  SvgCanvas canvas;
  const double top = draw_bar_legend(canvas, chart, bars) + 24.0;
  const Frame frame{72.0, top, kWidth - kMargin, kHeight - 36.0};
  draw_y_axis(canvas, frame, bars.axis);
  const double column = (frame.right - frame.left) / static_cast<double>(bars.bars.size());
  const double gap = column > 6.0 ? 1.0 : 0.0;
  for (std::size_t i = 0; i < bars.bars.size(); ++i) {
    const double y = frame.y(bars.axis, bars.bars[i].value);
    canvas.rectangle({frame.left + column * static_cast<double>(i), y}, column - gap, frame.bottom - y,
                     bar_style(bars, bars.bars[i]));
  }
  canvas.line({frame.left, frame.bottom}, {frame.right, frame.bottom}, "axis");
  canvas.text({(frame.left + frame.right) / 2.0, frame.bottom + 22.0}, Anchor::Middle, "", bars.across);
  return canvas.finish(kWidth, kHeight, chart.title, chart.caption);
}

// The first spoke points up, the others follow clockwise.
Spot on_spoke(Spot center, double radius, std::size_t spoke, std::size_t spokes) {
  const double angle = 2.0 * std::numbers::pi * static_cast<double>(spoke) / static_cast<double>(spokes);
  return {center.x + radius * std::sin(angle), center.y - radius * std::cos(angle)};
}

void draw_web(SvgCanvas& canvas, const RadarChart& radar, Spot center, double rim) {
  const std::size_t spokes = radar.spokes.size();
  for (int ring = 1; ring <= kRadarRings; ++ring) {
    std::vector<Spot> spots;
    for (std::size_t i = 0; i < spokes; ++i) spots.push_back(on_spoke(center, rim * ring / kRadarRings, i, spokes));
    canvas.polygon(spots, "fill=\"none\" class=\"grid\"");
  }
  for (std::size_t i = 0; i < spokes; ++i) {
    canvas.line(center, on_spoke(center, rim, i, spokes), "grid");
    const Spot end = on_spoke(center, rim + 14.0, i, spokes);
    const double side = end.x - center.x;
    const Anchor anchor = std::abs(side) < 1.0 ? Anchor::Middle : side > 0.0 ? Anchor::Start : Anchor::End;
    canvas.text({end.x, end.y + 4.0}, anchor, "strong", radar.spokes[i]);
  }
}

std::string draw_radar(const Chart& chart, const RadarChart& radar) {
  constexpr double kRim = 150.0;
  SvgCanvas canvas;
  LegendRow legend(canvas, draw_head(canvas, chart));
  for (const RadarLine& line : radar.lines) {
    legend.add({line.name, 0, line.series.shape % kShapes.size()}, Filled::Yes, kPalette.at(line.series.color));
  }
  const Spot center{kWidth / 2.0, legend.bottom() + 30.0 + kRim};
  draw_web(canvas, radar, center, kRim);
  for (const RadarLine& line : radar.lines) {
    const std::string_view color = kPalette.at(line.series.color);
    std::vector<Spot> spots;
    for (std::size_t i = 0; i < line.radii.size(); ++i) {
      spots.push_back(on_spoke(center, kRim * line.radii[i], i, radar.spokes.size()));
    }
    canvas.polygon(spots, fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"2\"", color));
    for (std::size_t i = 0; i < spots.size(); ++i) {
      canvas.mark(spots[i], line.series.shape % kShapes.size(), Filled::Yes, color,
                  fmt::format("{}\n{}: {}", line.name, radar.spokes[i], line.figures[i]));
    }
  }
  return canvas.finish(kWidth, center.y + kRim + 48.0, chart.title, chart.caption);
}

}  // namespace

std::string draw(const Chart& chart) {
  if (const auto* scatter = std::get_if<ScatterChart>(&chart.drawing)) return draw_scatter(chart, *scatter);
  if (const auto* lines = std::get_if<LineChart>(&chart.drawing)) return draw_lines(chart, *lines);
  if (const auto* radar = std::get_if<RadarChart>(&chart.drawing)) return draw_radar(chart, *radar);
  const BarChart& bars = std::get<BarChart>(chart.drawing);
  return bars.direction == Direction::Rows ? draw_rows(chart, bars) : draw_columns(chart, bars);
}

}  // namespace netfit::report
