// SPDX-License-Identifier: Apache-2.0
#include "select/reasons.h"

#include <algorithm>

#include <fmt/format.h>

#include "select/words.h"

namespace netfit::select {
namespace {

std::string_view superlative(Objective objective) {
  switch (objective) {
    case Objective::Latency:
      return "fastest";
    case Objective::Memory:
      return "least peak RAM";
    case Objective::Flash:
      return "least flash";
    case Objective::Energy:
      return "least energy";
    case Objective::Accuracy:
      return "most accurate";
    case Objective::Balanced:
      break;
  }
  return "best balanced";
}

std::optional<Quantity> quantity_of(Objective objective) {
  switch (objective) {
    case Objective::Latency:
      return Quantity::Latency;
    case Objective::Memory:
      return Quantity::PeakRam;
    case Objective::Flash:
      return Quantity::Flash;
    case Objective::Energy:
      return Quantity::Energy;
    case Objective::Accuracy:
      return Quantity::Top1;
    case Objective::Balanced:
      break;
  }
  return std::nullopt;
}

std::string rank_reason(const Recommendation& answer, std::size_t considered, const Ranking& ranking) {
  const std::size_t fit = answer.ranked.size();
  const std::string among = considered == fit ? fmt::format("all {} fit", fit)
                                              : fmt::format("{} of {} do not fit", considered - fit, considered);
  if (fit == 1)
    return considered == 1 ? "the only option, and it fits" : fmt::format("the only one that fits ({})", among);
  const std::string_view best = ranking.objectives.empty() ? "first" : superlative(ranking.objectives.front());
  return fmt::format("{} of {} that fit ({})", best, fit, among);
}

std::string baseline_reason(const Option& choice, const Baseline& baseline) {
  const std::string change = change_in_words(baseline.option, choice);
  return fmt::format("{} against float32 of the same model: {}", choice.scheme, change.empty() ? "no change" : change);
}

// With the value within its limit, the other end of its interval may still be outside.
std::string limit_reason(const Option& choice, const Limit& limit, const Constraints& constraints) {
  const Figure figure = *figure_of(choice, limit.limited, constraints);
  const double given = judged(figure, limit.limited, constraints.judge);
  std::string reason = fmt::format("{}: {}", in_words(limit.limited), against_limit(limit, given));
  if (figure.low == figure.high) return reason;
  reason += fmt::format("; value {}, 90 % interval {} to {}", in_words(limit.limited, figure.value),
                        in_words(limit.limited, figure.low), in_words(limit.limited, figure.high));
  const bool surely = shortfall(judged(figure, limit.limited, Judge::BadEnd), limit) <= 0.0;
  return surely ? reason : reason + ", whose bad end breaks the limit";
}

// The first objective in which the two differ decided.
std::string why_behind(const Option& choice, const Option& next, const Ranking& ranking) {
  for (const Objective objective : ranking.objectives) {
    const Score first = score_of(choice, objective, ranking.weights);
    const Score second = score_of(next, objective, ranking.weights);
    if (first == second) continue;
    const std::optional<Quantity> quantity = quantity_of(objective);
    if (!quantity) {
      if (first.missing != second.missing) return "fewer of its figures are known";
      return fmt::format("its balanced score is {:.3g} behind", second.cost - first.cost);
    }
    const Reading* chosen = choice.find(*quantity);
    const Reading* other = next.find(*quantity);
    if (other == nullptr) {
      return fmt::format("its {} is unavailable: {}", in_words(*quantity), next.why_missing(*quantity));
    }
    const bool overlap = other->low <= chosen->high && chosen->low <= other->high;
    return fmt::format("its {} is {} against {}{}", in_words(*quantity), in_words(*quantity, other->value),
                       in_words(*quantity, chosen->value), overlap ? ", although the intervals overlap" : "");
  }
  return "it is equal in the objectives, and behind in the others";
}

std::string next_reason(const Option& choice, const Option& next, const Ranking& ranking) {
  std::string reason = fmt::format("next best is {} because {}", next.label, why_behind(choice, next, ranking));
  const std::string change = change_in_words(choice, next);
  return change.empty() ? reason : fmt::format("{}; it would be: {}", reason, change);
}

}  // namespace

std::vector<std::string> reasons_for(const Recommendation& answer, std::size_t considered, const Request& request) {
  const Option& choice = *answer.choice;
  std::vector<std::string> reasons{rank_reason(answer, considered, request.ranking)};
  if (answer.baseline && answer.baseline->option.key != choice.key) {
    reasons.push_back(baseline_reason(choice, *answer.baseline));
  }
  for (const Limit& limit : all_limits(request.constraints)) {
    reasons.push_back(limit_reason(choice, limit, request.constraints));
  }
  if (answer.ranked.size() > 1) reasons.push_back(next_reason(choice, answer.ranked[1], request.ranking));
  return reasons;
}

}  // namespace netfit::select
