// SPDX-License-Identifier: Apache-2.0
// In the order of the answer (best in the first objective first, ties by the second, ...) whatever dominates an option
// comes before it, and if anything does, so does a member of the front. So one walk that compares each option with the
// members so far is enough: O(n log n + n f) for a front of f, instead of O(n^2).
#include "select/pareto.h"

#include <algorithm>
#include <optional>
#include <tuple>

#include <fmt/format.h>

namespace netfit::select {
namespace {

struct Point {
  std::vector<double> costs;
  std::size_t option = 0;
};

// Both have as many costs. Equal points do not dominate each other.
bool dominates(const Point& better, const Point& worse) {
  bool somewhere = false;
  for (std::size_t i = 0; i < better.costs.size(); ++i) {
    if (better.costs[i] > worse.costs[i]) return false;
    somewhere = somewhere || better.costs[i] < worse.costs[i];
  }
  return somewhere;
}

std::optional<Quantity> first_missing(const Option& option, std::span<const Quantity> objectives) {
  for (const Quantity objective : objectives) {
    if (option.find(objective) == nullptr) return objective;
  }
  return std::nullopt;
}

}  // namespace

bool more_is_better(Quantity quantity) { return quantity == Quantity::Top1; }

double cost_of(const Reading& reading) { return more_is_better(reading.quantity) ? -reading.value : reading.value; }

Front pareto_front(std::span<const Option> options, std::span<const Quantity> objectives) {
  Front front;
  std::vector<Point> points;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (const std::optional<Quantity> missing = first_missing(options[i], objectives)) {
      front.excluded.push_back(
          {i, fmt::format("{} is unavailable: {}", base::name(*missing), options[i].why_missing(*missing))});
      continue;
    }
    Point point{.option = i};
    for (const Quantity objective : objectives) point.costs.push_back(cost_of(*options[i].find(objective)));
    points.push_back(std::move(point));
  }
  std::ranges::stable_sort(points, [&](const Point& a, const Point& b) {
    const Option& first = options[a.option];
    const Option& second = options[b.option];
    return std::tie(a.costs, first.label, first.key) < std::tie(b.costs, second.label, second.key);
  });
  std::vector<const Point*> members;
  for (const Point& point : points) {
    if (std::ranges::any_of(members, [&](const Point* member) { return dominates(*member, point); })) continue;
    members.push_back(&point);
    front.members.push_back(point.option);
  }
  return front;
}

}  // namespace netfit::select
