// SPDX-License-Identifier: Apache-2.0
#include "cli/mixed/mixed_curve.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>

#include <fmt/format.h>

namespace netfit::cli {
namespace {

using Chosen = std::vector<std::size_t>;

// Corners nearest to evenly spaced costs, both ends included.
std::set<Chosen> spaced(const std::vector<quant::Assignment>& corners, int points) {
  std::set<Chosen> taken;
  const double first = corners.front().cost;
  const double step = (corners.back().cost - first) / std::max(points - 1, 1);
  for (int i = 0; i < points; ++i) {
    const double wanted = first + step * i;
    taken.insert(std::ranges::min_element(corners, {}, [&](const quant::Assignment& corner) {
                   return std::abs(corner.cost - wanted);
                 })->chosen);
  }
  return taken;
}

void keep_unbeaten(MixedCurve& curve) {
  std::ranges::stable_sort(curve.points, {}, [](const MixedPoint& p) { return std::tuple(p.cost, -p.sqnr_db); });
  std::vector<MixedPoint> kept;
  for (MixedPoint& point : curve.points) {
    const bool better = kept.empty() || point.sqnr_db > kept.back().sqnr_db;
    (better ? kept : curve.beaten).push_back(std::move(point));
  }
  curve.points = std::move(kept);
}

double changed_percent(const MixedPoint& point) { return 100.0 - point.agreement_percent; }

}  // namespace

Result<MixedCurve> draw_curve(MixedNetwork& network, int points, Progress& progress) {
  MixedCurve curve{.choices = NETFIT_TRY(network.measure_layers())};
  curve.predicted = quant::precision_curve(curve.choices, 0);
  std::set<Chosen> wanted = spaced(curve.predicted, points);
  for (std::size_t i = 0; i < network.candidates().size(); ++i) wanted.insert(Chosen(curve.choices.size(), i));
  progress.begin("measuring the curve", std::ssize(wanted));
  for (const Chosen& chosen : wanted) {
    curve.points.push_back(NETFIT_TRY(network.measure(chosen)));
    progress.advance(1);
  }
  keep_unbeaten(curve);
  return curve;
}

Result<MixedPoint> meet_cost(MixedNetwork& network, const MixedCurve& curve, double limit, const std::string& unit) {
  // Each try corrects the budget by what the sum of the last one's costs was off by.
  constexpr int kTries = 8;
  std::optional<quant::Assignment> chosen;
  double budget = limit - network.base_cost();
  std::set<Chosen> tried;
  for (int i = 0; i < kTries; ++i) {
    std::optional<quant::Assignment> found = quant::choose_precisions(curve.choices, budget);
    if (!found || !tried.insert(found->chosen).second) break;
    const double cost = NETFIT_TRY(network.cost_of(found->chosen));
    budget = found->cost + (limit - cost);
    if (cost <= limit && (!chosen || found->noise < chosen->noise)) chosen = std::move(found);
  }
  std::vector<MixedPoint> points = curve.points;
  if (chosen) points.push_back(NETFIT_TRY(network.measure(chosen->chosen)));
  const double least = std::ranges::min(points, {}, &MixedPoint::cost).cost;
  std::erase_if(points, [&](const MixedPoint& point) { return point.cost > limit; });
  if (points.empty()) {
    return bad_input(fmt::format("no assignment fits: the least that was found is {:.10g} {} (allowed: {:.10g})", least,
                                 unit, limit));
  }
  return std::ranges::max(points, {}, &MixedPoint::sqnr_db);
}

Result<MixedPoint> meet_accuracy(MixedNetwork& network, const MixedCurve& curve, double percent) {
  const auto fits = [&](const MixedPoint& point) { return changed_percent(point) <= percent; };
  const auto found = std::ranges::find_if(curve.points, fits);
  if (found == curve.points.end()) {
    const auto nearest = std::ranges::min_element(curve.points, {}, changed_percent);
    return bad_input(
        fmt::format("no assignment fits: with the best of the curve {:.2f} % of {} held-out samples change "
                    "class (allowed: {:.2f})",
                    changed_percent(*nearest), network.held_out(), percent));
  }
  MixedPoint best = *found;
  // Between it and the point before lie corners that were not measured.
  const double low = found == curve.points.begin() ? best.cost : std::prev(found)->cost;
  std::vector<Chosen> between;
  for (const quant::Assignment& corner : curve.predicted) {
    const double cost = network.base_cost() + corner.cost;
    if (cost > low && cost < best.cost) between.push_back(corner.chosen);
  }
  std::size_t first = 0;
  std::size_t last = between.size();
  while (first < last) {
    const std::size_t middle = (first + last) / 2;
    MixedPoint point = NETFIT_TRY(network.measure(between[middle]));
    if (fits(point)) {
      last = middle;
      if (point.cost < best.cost) best = std::move(point);
    } else {
      first = middle + 1;
    }
  }
  return best;
}

}  // namespace netfit::cli
