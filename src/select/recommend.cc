// SPDX-License-Identifier: Apache-2.0
#include "select/recommend.h"

#include <algorithm>
#include <limits>

#include "select/infeasible.h"
#include "select/reasons.h"

namespace netfit::select {
namespace {

std::optional<double> ratio(const Option& over, const Option& under, Quantity quantity) {
  const Reading* numerator = over.find(quantity);
  const Reading* denominator = under.find(quantity);
  if (numerator == nullptr || denominator == nullptr || denominator->value <= 0.0) return std::nullopt;
  return numerator->value / denominator->value;
}

std::optional<Baseline> baseline_of(const Option& choice, std::span<const Option> options, const Ranking& ranking) {
  const Option* best = nullptr;
  for (const Option& option : options) {
    const bool same =
        option.model == choice.model && option.device == choice.device && option.runtime == choice.runtime;
    if (!same || option.scheme != "float32") continue;
    if (best == nullptr || ranks_before(option, *best, ranking)) best = &option;
  }
  if (best == nullptr) return std::nullopt;
  Baseline baseline{.option = *best,
                    .speedup = ratio(*best, choice, Quantity::Latency),
                    .ram_ratio = ratio(choice, *best, Quantity::PeakRam),
                    .flash_ratio = ratio(choice, *best, Quantity::Flash),
                    .energy_ratio = ratio(choice, *best, Quantity::Energy)};
  const Reading* before = best->find(Quantity::Top1);
  const Reading* after = choice.find(Quantity::Top1);
  if (before != nullptr && after != nullptr) baseline.top1_points = after->value - before->value;
  return baseline;
}

}  // namespace

Result<Recommendation> recommend(std::span<const Option> options, const Request& request) {
  NETFIT_TRY(check_constraints(request.constraints));
  Recommendation answer;
  for (const std::size_t place : ranked(options, request.ranking)) {
    if (violations_of(options[place], request.constraints).empty()) answer.ranked.push_back(options[place]);
  }
  answer.feasible = !answer.ranked.empty();
  if (answer.feasible) {
    answer.choice = answer.ranked.front();
    answer.baseline = baseline_of(*answer.choice, options, request.ranking);
    answer.reasons = reasons_for(answer, options.size(), request);
  } else {
    explain_infeasible(options, request, answer);
  }
  return answer;
}

}  // namespace netfit::select
