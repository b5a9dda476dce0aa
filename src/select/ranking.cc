// SPDX-License-Identifier: Apache-2.0
#include "select/ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <compare>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"
#include "select/pareto.h"

namespace netfit::select {
namespace {

// In the order of the enumeration.
constexpr std::array<std::string_view, 6> kNames{"latency", "memory", "flash", "energy", "accuracy", "balanced"};

constexpr std::array kTieBreaks{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash,
                                Quantity::Energy};

Score score_of(const Option& option, Quantity quantity) {
  const Reading* reading = option.find(quantity);
  return reading == nullptr ? Score{1, 0.0} : Score{0, cost_of(*reading)};
}

Score balanced_score(const Option& option, const Weights& weights) {
  Score score;
  const auto add = [&](Quantity quantity, double weight) {
    if (weight == 0.0) return;
    const Reading* reading = option.find(quantity);
    if (reading == nullptr) {
      ++score.missing;
    } else if (more_is_better(quantity)) {
      score.cost -= weight * reading->value;
    } else {
      // Nothing real is smaller; keeps a figure of zero finite.
      score.cost += weight * std::log2(std::max(reading->value, 1e-9));
    }
  };
  add(Quantity::Latency, weights.latency);
  add(Quantity::PeakRam, weights.peak_ram);
  add(Quantity::Flash, weights.flash);
  add(Quantity::Energy, weights.energy);
  add(Quantity::Top1, weights.top1);
  return score;
}

}  // namespace

std::string_view name(Objective objective) { return kNames.at(static_cast<std::size_t>(objective)); }

std::optional<Objective> find_objective(std::string_view name) {
  const auto found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Objective>(found - kNames.begin());
}

Result<std::vector<Objective>> parse_objectives(std::string_view text, std::string_view where) {
  std::vector<Objective> objectives;
  for (const std::string& part : base::split(text, ',')) {
    const std::optional<Objective> objective = find_objective(base::trim(part));
    if (!objective) {
      return located<std::vector<Objective>>(bad_usage(fmt::format("'{}' is not an objective (allowed: {})",
                                                                   base::printable(part), fmt::join(kNames, ", "))),
                                             where);
    }
    if (std::ranges::count(objectives, *objective) > 0) {
      return located<std::vector<Objective>>(bad_usage(fmt::format("'{}' is given twice", name(*objective))), where);
    }
    objectives.push_back(*objective);
  }
  return objectives;
}

Score score_of(const Option& option, Objective objective, const Weights& weights) {
  switch (objective) {
    case Objective::Latency:
      return score_of(option, Quantity::Latency);
    case Objective::Memory:
      return score_of(option, Quantity::PeakRam);
    case Objective::Flash:
      return score_of(option, Quantity::Flash);
    case Objective::Energy:
      return score_of(option, Quantity::Energy);
    case Objective::Accuracy:
      return score_of(option, Quantity::Top1);
    case Objective::Balanced:
      break;
  }
  return balanced_score(option, weights);
}

bool ranks_before(const Option& one, const Option& other, const Ranking& ranking) {
  for (const Objective objective : ranking.objectives) {
    const Score first = score_of(one, objective, ranking.weights);
    const Score second = score_of(other, objective, ranking.weights);
    if (first != second) return first < second;
  }
  for (const Quantity quantity : kTieBreaks) {
    const Score first = score_of(one, quantity);
    const Score second = score_of(other, quantity);
    if (first != second) return first < second;
  }
  return std::tie(one.label, one.key) < std::tie(other.label, other.key);
}

std::vector<std::size_t> ranked(std::span<const Option> options, const Ranking& ranking) {
  std::vector<std::size_t> places(options.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  std::ranges::stable_sort(places,
                           [&](std::size_t a, std::size_t b) { return ranks_before(options[a], options[b], ranking); });
  return places;
}

}  // namespace netfit::select
