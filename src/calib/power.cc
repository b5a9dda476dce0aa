// SPDX-License-Identifier: Apache-2.0
// A ridge regression, solved one unknown after the other (Gauss-Seidel): some hundred unknowns, and the objective is a
// sum of squares, so that each step has a closed form.
#include "calib/power.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

namespace netfit::calib {
namespace {

constexpr double kSigma = 0.04;  // of a row's logarithm of power
constexpr double kReferenceVolts = 3.0;
constexpr double kReferenceClock = 200.0;  // MHz
constexpr int kSweeps = 300;

// Of a microcontroller at the reference clock, of an application processor's board, of a board with a GPU.
double expected_log_watts(const Situation& situation) {
  if (situation.population != Population::Microcontroller) return std::log(12.0);
  return std::log(0.07 * situation.clock_mhz / kReferenceClock);
}

std::string board_key(const Situation& s) { return "power/board/" + s.board; }
std::string core_key(const Situation& s) { return "power/core/" + s.core; }

double log_watts(const Situation& situation, const std::unordered_map<std::string, double>& deviations) {
  double value = expected_log_watts(situation);
  for (const Effect& effect : power_effects(situation)) {
    const auto found = deviations.find(effect.key);
    if (found != deviations.end()) value += effect.loading * found->second;
  }
  return value;
}

struct Unknown {
  std::string key;
  double spread = 1.0;
  double value = 0.0;
  std::vector<std::pair<std::size_t, double>> rows;  // with the loading in each
};

}  // namespace

std::vector<Effect> power_effects(const Situation& s) {
  std::vector<Effect> effects{
      {core_key(s), 0.5},
      {board_key(s), 0.4},
      {"power/family/" + s.family, 0.1},
      {"power/runtime/" + s.runtime, 0.05},
      {"power/configuration/" + s.key(), 0.1},
      {fmt::format("power/configuration/{}/{}", s.key(), s.int8 ? "int8" : "float"), 0.1},
  };
  if (s.volts > 0) {
    // A linear regulator draws the same current at any voltage; a switching one the same power.
    const double ratio = std::log(s.volts / kReferenceVolts);
    effects.push_back({"power/volts", 0.5, ratio});
    effects.push_back({fmt::format("power/board/{}/{:.2g} V", s.board, s.volts), 0.1});
  }
  return effects;
}

double power_watts(const Situation& situation, const Coefficients& coefficients) {
  return std::exp(log_watts(situation, coefficients.deviations));
}

bool knows_power_of_board(const Situation& situation, const Coefficients& coefficients) {
  return coefficients.deviations.contains(board_key(situation));
}

bool knows_power_of_core(const Situation& situation, const Coefficients& coefficients) {
  return coefficients.deviations.contains(core_key(situation));
}

void fit_power(std::span<const Observation> rows, std::span<const std::size_t> chosen, Coefficients& coefficients) {
  std::vector<double> left;  // of each row's logarithm, what is not explained yet
  std::vector<Unknown> unknowns;
  std::unordered_map<std::string, std::size_t> places;
  for (const std::size_t i : chosen) {
    const Observation& row = rows[i];
    if (!row.row.energy_mj || !row.row.latency_ms) continue;
    for (const Effect& effect : power_effects(row.situation)) {
      const auto [place, fresh] = places.emplace(effect.key, unknowns.size());
      if (fresh) unknowns.push_back({effect.key, effect.spread});
      unknowns[place->second].rows.emplace_back(left.size(), effect.loading);
    }
    left.push_back(std::log(*row.row.energy_mj / *row.row.latency_ms) - expected_log_watts(row.situation));
  }
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (Unknown& unknown : unknowns) {
      double pull = 0.0;
      double weight = kSigma * kSigma / (unknown.spread * unknown.spread);
      for (const auto& [row, loading] : unknown.rows) {
        pull += loading * (left[row] + loading * unknown.value);
        weight += loading * loading;
      }
      const double moved = pull / weight - unknown.value;
      unknown.value += moved;
      for (const auto& [row, loading] : unknown.rows) left[row] -= loading * moved;
    }
  }
  for (const Unknown& unknown : unknowns) coefficients.deviations[unknown.key] = unknown.value;
}

}  // namespace netfit::calib
