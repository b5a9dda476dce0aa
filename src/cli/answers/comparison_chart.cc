// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "cli/answers/comparison.h"
#include "report/palette.h"
#include "report/text.h"

namespace netfit::cli {
namespace {

using diagnose::TensorComparison;

enum Color : std::size_t { Accumulated, Alone };
enum Shape : std::size_t { Layer, Other };

constexpr double kRoom = 2.0;  // dB

report::Span exact(double value) { return {value, value, value}; }

std::vector<report::Detail> details_of(const TensorComparison& tensor) {
  const auto decibels = [](double sqnr_db) { return fmt::format("{:.1f} dB", sqnr_db); };
  return {{"tensor", report::shown(tensor.b)},
          {"in the reference", report::shown(tensor.a)},
          {"op", report::shown(tensor.op, 40)},
          {"SQNR", decibels(tensor.accumulated.sqnr_db)},
          {"of the node alone", tensor.single ? decibels(tensor.single->sqnr_db) : "unknown"},
          {"weights", tensor.weights ? decibels(tensor.weights->sqnr_db) : "none"},
          {"clipped", fmt::format("{:.2f} %", tensor.accumulated.saturation_percent)}};
}

}  // namespace

report::Chart comparison_chart(const Comparison& comparison) {
  report::ScatterChart scatter{
      .colors = {{"with all errors before it", 0, 0}, {"of its node alone", 1, 0}},
      .shapes = {{"result of a layer with weights", report::kGrey, 0}, {"another tensor", report::kGrey, 1}}};
  std::vector<double> heights{0.0};
  const std::vector<TensorComparison>& tensors = comparison.graphs.tensors;
  const auto add = [&](std::size_t place, double sqnr_db, Color color) {
    // Equal tensors have no height.
    if (!std::isfinite(sqnr_db)) return;
    if (color == Accumulated) scatter.front.push_back(scatter.points.size());
    heights.push_back(sqnr_db);
    scatter.points.push_back({.name = report::shown(tensors[place].b, 40),
                              .color = color,
                              .shape = tensors[place].weights ? Layer : Other,
                              .x = exact(static_cast<double>(place + 1)),
                              .y = exact(sqnr_db),
                              .on_front = color == Accumulated,
                              .details = details_of(tensors[place])});
  };
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    add(i, tensors[i].accumulated.sqnr_db, Accumulated);
    if (tensors[i].single) add(i, tensors[i].single->sqnr_db, Alone);
  }
  scatter.x = {.title = "tensors in the order in which they are computed",
               .low = 0.0,
               .high = static_cast<double>(tensors.size() + 1)};
  const auto [least, most] = std::ranges::minmax(heights);
  scatter.y = {.title = "SQNR (dB)", .low = std::min(0.0, least - kRoom), .high = most + kRoom};
  report::Chart chart{
      .name = "sqnr",
      .title = fmt::format("Error of each tensor of {}", report::shown(comparison.b, 40)),
      .caption =
          fmt::format("Signal to noise against {} on {} samples of {}. Filled marks on the line: "
                      "with the errors of all nodes before. Hollow: of the tensor's node alone.",
                      report::shown(comparison.a, 60), comparison.tensor_samples, report::shown(comparison.data, 60))};
  if (scatter.points.empty()) chart.missing = "no tensor differs";
  chart.drawing = std::move(scatter);
  return chart;
}

}  // namespace netfit::cli
