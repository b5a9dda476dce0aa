// SPDX-License-Identifier: Apache-2.0
#include "cost/intervals.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace netfit::cost {
namespace {

/// How far predictions of one situation were from published rows that their figures had not seen.
struct Judgement {
  Quantity quantity;
  std::string_view core;
  std::string_view runtime;
  DType arithmetic;
  int least_threads;
  int most_threads;
  double factor;  ///< nine rows of ten lie within [prediction / factor, prediction * factor]
};

constexpr std::array kJudgements{
#include "cost/interval_table.inc"
};

// Where no row speaks of the core: predictors of latency without any measurement on a core of that family miss by up to
// 2.03 in nine cases of ten (leave-one-core-out over 85 published configurations of ncnn; docs/cost-models.md).
constexpr double kUnseen = 2.0;

bool speaks_of(const Judgement& judgement, const Situation& situation) {
  if (judgement.quantity != situation.quantity || judgement.core != situation.core ||
      judgement.runtime != situation.runtime) {
    return false;
  }
  // What memory is needed for depends on neither: sizes are known exactly.
  if (situation.quantity == Quantity::PeakRam || situation.quantity == Quantity::Flash) return true;
  return judgement.arithmetic == situation.arithmetic && judgement.least_threads <= situation.threads &&
         situation.threads <= judgement.most_threads;
}

double widest(Quantity quantity, std::string_view runtime) {
  double factor = kUnseen;
  for (const Judgement& judgement : kJudgements) {
    if (judgement.quantity == quantity && judgement.runtime == runtime) factor = std::max(factor, judgement.factor);
  }
  return factor;
}

Spread around(double factor, std::string_view basis) { return {factor, factor, basis}; }

}  // namespace

Spread spread_of(const Situation& situation) {
  const auto* judged =
      std::ranges::find_if(kJudgements, [&](const Judgement& each) { return speaks_of(each, situation); });
  if (judged != kJudgements.end()) {
    return around(judged->factor, "judged by published rows of this core and runtime");
  }
  if (situation.quantity == Quantity::Energy) {
    // Errors of power and of time are independent.
    Situation time = situation;
    time.quantity = Quantity::Latency;
    const double factor = std::exp(std::hypot(std::log(spread_of(time).above), std::log(situation.power_factor)));
    return around(factor, "from those of the latency and the power figure");
  }
  return around(widest(situation.quantity, situation.runtime),
                "no published rows of this core, runtime and type judge it");
}

}  // namespace netfit::cost
