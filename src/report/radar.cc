// SPDX-License-Identifier: Apache-2.0
// A spoke shows how many times worse a candidate is than the best of those shown, in factors of two: the rim is the
// best, each ring inwards twice as bad, the centre 16 times or worse. So latencies that differ by a factor of ten can
// still be seen, and equal distances mean equal factors. Top-1 is shown by its errors (100 % - top-1), in the same way:
// percentages near 95 would all look alike.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "report/charts.h"
#include "report/figures.h"
#include "report/palette.h"
#include "report/text.h"
#include "select/words.h"

namespace netfit::report {
namespace {

constexpr std::size_t kMostCandidates = 6;
constexpr std::array kSpokes{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy};
constexpr std::size_t kLeastSpokes = 3;

// The recommended one, the one it is compared with, and what comes next.
std::vector<const Entry*> candidates_of(const DevicePart& part) {
  std::vector<const Entry*> candidates{&featured(part)};
  const auto add = [&](const Entry* entry) {
    const bool there = entry == nullptr || std::ranges::find(candidates, entry) != candidates.end();
    if (!there && candidates.size() < kMostCandidates) candidates.push_back(entry);
  };
  if (part.recommendation.baseline) add(part.find(part.recommendation.baseline->option));
  for (const Entry& entry : part.entries) add(&entry);
  return candidates;
}

double badness(Quantity quantity, double value) { return quantity == Quantity::Top1 ? 100.0 - value : value; }

double radius(double own, double best) {
  if (own <= best) return 1.0;
  if (best <= 0.0) return 0.0;
  return std::max(0.0, 1.0 - std::log2(own / best) / kRadarRings);
}

}  // namespace

Chart radar(const DevicePart& part) {
  Chart chart{.name = "radar",
              .title = "Candidates at a glance",
              .caption =
                  "The rim is the best of those shown; each ring inwards means twice the errors, latency, memory "
                  "or energy."};
  const std::vector<const Entry*> candidates = candidates_of(part);
  RadarChart drawing;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    drawing.lines.push_back({.name = shown(candidates[i]->name, 40), .series = {.color = i, .shape = i}});
  }
  std::string left_out;
  for (const Quantity quantity : kSpokes) {
    const auto unknown =
        std::ranges::find_if(candidates, [&](const Entry* e) { return e->option.find(quantity) == nullptr; });
    if (unknown != candidates.end()) {
      left_out += fmt::format(" Without {}: {} ({}).", select::in_words(quantity),
                              shown((*unknown)->option.why_missing(quantity), 120), shown((*unknown)->name, 40));
      continue;
    }
    double best = std::numeric_limits<double>::infinity();
    for (const Entry* entry : candidates) best = std::min(best, badness(quantity, entry->option.find(quantity)->value));
    drawing.spokes.emplace_back(quantity == Quantity::Top1 ? "top-1 errors" : select::in_words(quantity));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const double value = candidates[i]->option.find(quantity)->value;
      drawing.lines[i].radii.push_back(radius(badness(quantity, value), best));
      drawing.lines[i].figures.push_back(figure_in_words(candidates[i]->option, quantity));
    }
  }
  if (drawing.spokes.size() < kLeastSpokes) chart.missing = "fewer than three figures are known of all candidates";
  chart.caption += left_out;
  chart.drawing = std::move(drawing);
  return chart;
}

}  // namespace netfit::report
