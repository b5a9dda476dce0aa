// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/sparsity_chart.h"

#include <algorithm>

#include "report/draw.h"
#include "report/scale.h"

namespace netfit::cli {

Result<std::string> sparsity_svg(const std::vector<SparseRound>& rounds) {
  report::LineChart lines{.x = {.title = "weights that are zero (%)", .high = 100}};
  std::vector<report::Span> ys;
  std::optional<std::pair<double, double>> dense;  // where every line begins
  for (const SparseRound& round : rounds) {
    if (!round.test_top1) continue;
    const std::pair<double, double> point{100 * round.sparsity, *round.test_top1};
    ys.push_back({point.second, point.second, point.second});
    if (round.way == "dense") {
      dense = point;
      continue;
    }
    auto line = std::ranges::find(lines.lines, round.way, &report::Line::name);
    if (line == lines.lines.end()) {
      const std::size_t place = lines.lines.size();
      lines.lines.push_back({.name = round.way, .series = {round.way, place, place}});
      line = lines.lines.end() - 1;
      if (dense) line->points.push_back(*dense);
    }
    line->points.push_back(point);
  }
  report::Chart chart{.name = "sparsity",
                      .title = "Accuracy of sparse networks",
                      .caption =
                          "Test top-1 after iterative magnitude pruning. Rewound: the weights that are left go "
                          "back to those of an early epoch; kept: they go on from where they are."};
  if (ys.empty()) return bad_input("there are no test images, and so no accuracy to draw");
  lines.y = report::axis_around("test top-1 (%)", ys);
  chart.drawing = std::move(lines);
  return report::draw(chart);
}

}  // namespace netfit::cli
