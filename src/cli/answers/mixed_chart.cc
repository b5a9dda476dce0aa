// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/answers/mixed_answer.h"
#include "cli/answers/table.h"
#include "report/draw.h"
#include "report/scale.h"
#include "report/text.h"

namespace netfit::cli {
namespace {

enum Color : std::size_t { Mixed, Uniform };

report::Span exact(double value) { return {value, value, value}; }

report::Point mark_of(const MixedAnswer& answer, const MixedPoint& point, double unit) {
  const std::vector<quant::Precision>& candidates = answer.network.candidates();
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const auto layers = std::ranges::count(point.chosen, i);
    if (layers > 0) parts.push_back(fmt::format("{} {}", layers, quant::name(candidates[i])));
  }
  return {.name = parts.size() == 1 ? fmt::format("all {}", quant::name(candidates[point.chosen.front()])) : "",
          .color = parts.size() == 1 ? Uniform : Mixed,
          .x = exact(point.cost / unit),
          .y = exact(point.sqnr_db),
          .details = {{"layers", base::join(parts, ", ")},
                      {"bytes", grouped(point.bytes)},
                      {"same class as float", fmt::format("{:.2f} %", point.agreement_percent)}}};
}

}  // namespace

std::string mixed_svg(const MixedAnswer& answer) {
  const double kib = answer.cost.is_bytes() ? 1024.0 : 1.0;
  report::ScatterChart scatter{.colors = {{"precisions mixed", 0, 0}, {"all layers alike", 1, 0}},
                               .shapes = {{"assignment", 0, 0}}};
  std::vector<report::Span> xs;
  std::vector<report::Span> ys;
  const auto add = [&](const MixedPoint& point, bool on_curve) {
    // An assignment that changes nothing has no height.
    if (!std::isfinite(point.sqnr_db)) return;
    report::Point mark = mark_of(answer, point, kib);
    mark.on_front = on_curve;
    if (on_curve) scatter.front.push_back(scatter.points.size());
    xs.push_back(mark.x);
    ys.push_back(mark.y);
    scatter.points.push_back(std::move(mark));
  };
  for (const MixedPoint& point : answer.curve.points) add(point, true);
  for (const MixedPoint& point : answer.curve.beaten) add(point, false);
  report::Chart chart{.name = "mixed-precision",
                      .title = fmt::format("Precisions of {}", report::shown(answer.model, 60)),
                      .caption = fmt::format("Signal to noise against float on {} held-out samples. On the line: no "
                                             "other assignment that was measured costs less and is less noisy.",
                                             answer.network.held_out())};
  if (scatter.points.empty()) {
    chart.missing = "no assignment that was measured changes anything";
    return report::draw(chart);
  }
  scatter.x = report::axis_around(answer.cost.is_bytes() ? "file (KiB)" : answer.cost.what + " (ms)", xs);
  scatter.y = report::axis_around("SQNR of the outputs (dB)", ys);
  chart.drawing = std::move(scatter);
  return report::draw(chart);
}

}  // namespace netfit::cli
