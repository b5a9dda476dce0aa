// SPDX-License-Identifier: Apache-2.0
#include "report/scale.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace netfit::report {
namespace {

constexpr double kRoom = 0.06;             // of the axis, at both ends
constexpr double kLogarithmicFrom = 30.0;  // largest over smallest
constexpr double kLabelRoom = 0.25;
constexpr double kLeast = 1e-12;

struct UnitRow {
  double from;
  PlotUnit unit;
};
constexpr std::array kBytes{UnitRow{1048576, {1048576, "MiB"}}, UnitRow{1024, {1024, "KiB"}}, UnitRow{0, {1, "bytes"}}};
constexpr std::array kTime{UnitRow{1000, {1000, "s"}}, UnitRow{1, {1, "ms"}}, UnitRow{0, {0.001, "us"}}};
constexpr std::array kEnergy{UnitRow{1000, {1000, "J"}}, UnitRow{1, {1, "mJ"}}, UnitRow{0, {0.001, "uJ"}}};
constexpr std::array kCounts{UnitRow{1e6, {1e6, "M"}}, UnitRow{0, {1, ""}}};
constexpr std::array kPercent{UnitRow{0, {1, "%"}}};

std::span<const UnitRow> units_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::Top1:
      return kPercent;
    case Quantity::Latency:
      return kTime;
    case Quantity::Energy:
      return kEnergy;
    case Quantity::Macs:
    case Quantity::Params:
      return kCounts;
    default:
      return kBytes;
  }
}

// 1, 2, 5 or 10 times a power of ten: the one whose ratio to `step` is nearest to 1.
double rounded(double step) {
  const double decade = std::pow(10.0, std::floor(std::log10(step)));
  const double factor = step / decade;
  if (factor < std::numbers::sqrt2) return decade;
  if (factor < std::sqrt(10.0)) return 2.0 * decade;
  return (factor < std::sqrt(50.0) ? 5.0 : 10.0) * decade;
}

std::vector<double> linear_ticks(const Axis& axis, int wanted) {
  const double step = rounded((axis.high - axis.low) / wanted);
  std::vector<double> ticks;
  for (double i = std::ceil(axis.low / step - 1e-9); i * step <= axis.high * (1.0 + 1e-12); ++i) {
    ticks.push_back(i * step + 0.0);  // never -0
  }
  return ticks;
}

std::vector<double> logarithmic_ticks(const Axis& axis, int wanted) {
  std::vector<double> all;
  std::vector<double> decades;
  for (double power = std::floor(std::log10(axis.low)); power <= std::log10(axis.high); ++power) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double tick = factor * std::pow(10.0, power);
      if (tick < axis.low || tick > axis.high) continue;
      all.push_back(tick);
      if (factor == 1.0) decades.push_back(tick);
    }
  }
  return static_cast<int>(all.size()) > 2 * wanted ? decades : all;
}

}  // namespace

PlotUnit plot_unit(Quantity quantity, double most) {
  const std::span<const UnitRow> rows = units_of(quantity);
  const auto row = std::ranges::find_if(rows, [&](const UnitRow& r) { return most >= r.from; });
  return row == rows.end() ? rows.back().unit : row->unit;
}

Span in_unit(const Reading& reading, const PlotUnit& unit) {
  return {reading.value / unit.size, reading.low / unit.size, reading.high / unit.size};
}

std::string axis_title(std::string_view what, const PlotUnit& unit) {
  return unit.name.empty() ? std::string(what) : fmt::format("{} ({})", what, unit.name);
}

Axis axis_around(std::string title, std::span<const Span> spans) {
  Axis axis{.title = std::move(title)};
  if (spans.empty()) return axis;
  double low = spans.front().low;
  double high = spans.front().high;
  for (const Span& span : spans) {
    low = std::min(low, span.low);
    high = std::max(high, span.high);
  }
  axis.logarithmic = low > 0.0 && high > low * kLogarithmicFrom;
  if (axis.logarithmic) {
    const double room = std::pow(high / low, kRoom);
    axis.low = low / room;
    axis.high = high * room;
    return axis;
  }
  // One figure, or equal ones, stand in the middle.
  const double range = high > low ? high - low : std::max(std::abs(high) * 0.2, kLeast);
  axis.low = std::max(0.0, low - kRoom * range);
  axis.high = high + kRoom * range;
  return axis;
}

Axis axis_from_zero(std::string title, double most) {
  return {.title = std::move(title), .low = 0.0, .high = std::max(most, kLeast) * (1.0 + kLabelRoom)};
}

std::vector<double> ticks_of(const Axis& axis, int wanted) {
  return axis.logarithmic ? logarithmic_ticks(axis, wanted) : linear_ticks(axis, wanted);
}

int tick_decimals(const Axis& axis, int wanted) {
  const std::vector<double> ticks = ticks_of(axis, wanted);
  if (axis.logarithmic || ticks.size() < 2) return -1;
  return std::max(0, static_cast<int>(std::ceil(-std::log10(ticks[1] - ticks[0]) - 1e-9)));
}

double place_on(const Axis& axis, double value) {
  if (axis.logarithmic) return std::log(value / axis.low) / std::log(axis.high / axis.low);
  return (value - axis.low) / (axis.high - axis.low);
}

}  // namespace netfit::report
