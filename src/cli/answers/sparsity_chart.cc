// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/sparsity_chart.h"

#include <algorithm>

#include <fmt/format.h>

#include "cli/answers/table.h"
#include "report/draw.h"
#include "report/scale.h"

namespace netfit::cli {

Result<std::string> sparsity_svg(const std::vector<SparseRound>& rounds) {
  report::ScatterChart scatter{.shapes = {{"round", 0, 0}}};
  std::vector<report::Span> xs;
  std::vector<report::Span> ys;
  for (const SparseRound& round : rounds) {
    if (!round.test_top1) continue;
    auto color = std::ranges::find(scatter.colors, round.way, &report::Series::name);
    if (color == scatter.colors.end()) {
      color = scatter.colors.insert(color, {round.way, scatter.colors.size(), 0});
    }
    const double percent = 100 * round.sparsity;
    scatter.points.push_back({.name = round.way,
                              .color = static_cast<std::size_t>(color - scatter.colors.begin()),
                              .x = {percent, percent, percent},
                              .y = {*round.test_top1, *round.test_top1, *round.test_top1},
                              .on_front = true,
                              .details = {{"weights", round.way},
                                          {"zero", fmt::format("{:.1f} %", percent)},
                                          {"test top-1", fmt::format("{:.2f} %", *round.test_top1)},
                                          {"bytes, sparse", grouped(round.sparse_bytes)}}});
    xs.push_back(scatter.points.back().x);
    ys.push_back(scatter.points.back().y);
  }
  report::Chart chart{.name = "sparsity",
                      .title = "Accuracy of sparse networks",
                      .caption =
                          "Test top-1 after iterative magnitude pruning. Rewound: the weights that are left go "
                          "back to those of an early epoch; kept: they go on from where they are."};
  if (scatter.points.empty()) {
    chart.missing = "there are no test images";
    return report::draw(chart);
  }
  scatter.x = report::axis_around("weights that are zero (%)", xs);
  scatter.y = report::axis_around("test top-1 (%)", ys);
  chart.drawing = std::move(scatter);
  return report::draw(chart);
}

}  // namespace netfit::cli
