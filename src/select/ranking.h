// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "select/option.h"

namespace netfit::select {

/// What is to be as good as possible.
enum class Objective : std::uint8_t { Latency, Memory, Flash, Energy, Accuracy, Balanced };

/// "latency", "memory", ...
std::string_view name(Objective objective);
std::optional<Objective> find_objective(std::string_view name);
/// "accuracy,latency": the objectives in the order in which they decide. A failure is located at `where`.
Result<std::vector<Objective>> parse_objectives(std::string_view text, std::string_view where);

/// For Objective::Balanced. The score is, the less the better,
///
///   latency log2(latency) + peak_ram log2(peak RAM) + flash log2(flash) + energy log2(energy) - top1 top-1
///
/// so with these weights a factor of two in one figure is worth one point of top-1. Logarithms need no normalisation
/// by the best or worst option: which of two options is better does not depend on what else is on the list.
struct Weights {
  double latency = 1.0;
  double peak_ram = 1.0;
  double flash = 1.0;
  double energy = 1.0;
  double top1 = 1.0;
};

struct Ranking {
  std::vector<Objective> objectives{Objective::Balanced};  ///< the first decides; the next where it is equal; ...
  Weights weights;
};

/// How good an option is in one objective, the less the better. An option with less of the Readings that the objective
/// needs comes behind all that have more.
struct Score {
  int missing = 0;
  double cost = 0.0;
  friend auto operator<=>(const Score&, const Score&) = default;
};
Score score_of(const Option& option, Objective objective, const Weights& weights);

/// A strict total order over options with different keys. What is equal in all objectives is ranked by top-1, latency,
/// peak RAM, flash, energy, and at last by label and key.
bool ranks_before(const Option& one, const Option& other, const Ranking& ranking);

/// Places in `options`, best first.
std::vector<std::size_t> ranked(std::span<const Option> options, const Ranking& ranking);

}  // namespace netfit::select
