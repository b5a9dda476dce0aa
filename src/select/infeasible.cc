// SPDX-License-Identifier: Apache-2.0
#include "select/infeasible.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "select/words.h"

namespace netfit::select {
namespace {

double excess_of(std::span<const Violation> violations) {
  double sum = 0.0;
  for (const Violation& violation : violations) {
    sum += violation.best ? relative_excess(*violation.best, {violation.limited, violation.allowed})
                          : std::numeric_limits<double>::infinity();
  }
  return sum;
}

// The best figure of all options where not even that is within the limit.
std::optional<Violation> met_by_none(std::span<const Option> options, const Limit& limit,
                                     const Constraints& constraints) {
  std::optional<double> best;
  std::string reason;
  for (const Option& option : options) {
    const std::optional<Figure> figure = figure_of(option, limit.limited, constraints);
    if (!figure) {
      reason = option.why_missing(quantity_of(limit.limited));
      continue;
    }
    const double given = judged(*figure, limit.limited, constraints.judge);
    if (!best || shortfall(given, limit) < shortfall(*best, limit)) best = given;
  }
  if (!best) {
    return Violation{limit.limited, limit.allowed, std::nullopt, std::nullopt,
                     fmt::format("{} is unavailable: {}", in_words(quantity_of(limit.limited)), reason)};
  }
  if (shortfall(*best, limit) <= 0.0) return std::nullopt;
  return Violation{limit.limited, limit.allowed, best, shortfall(*best, limit),
                   fmt::format("no option meets it: at best {}", against_limit(limit, *best))};
}

std::optional<Violation> broken_by(const Nearest& nearest, Limited limited) {
  const auto found = std::ranges::find(nearest.violations, limited, &Violation::limited);
  if (found == nearest.violations.end()) return std::nullopt;
  Violation violation = *found;
  violation.reason = fmt::format("what meets it breaks another limit; the nearest has {}", found->reason);
  return violation;
}

std::string words_of(const Violation& violation) {
  return fmt::format("{}: {}", in_words(violation.limited), violation.reason);
}

std::string words_of(const Relaxation& relaxation) {
  return fmt::format("the cheapest single relaxation: {} of {} instead of {} admits {}", in_words(relaxation.limited),
                     enough_in_words(relaxation.limited, relaxation.needed),
                     in_words(relaxation.limited, relaxation.allowed), relaxation.admits.label);
}

}  // namespace

void explain_infeasible(std::span<const Option> options, const Request& request, Recommendation& answer) {
  if (options.empty()) {
    answer.reasons.emplace_back("there is nothing to choose from");
    return;
  }
  for (const std::size_t place : ranked(options, request.ranking)) {
    const Option& option = options[place];
    std::vector<Violation> violations = violations_of(option, request.constraints);
    const double excess = excess_of(violations);
    if (violations.size() == 1 && violations[0].best && (!answer.cheapest || excess < answer.cheapest->excess)) {
      answer.cheapest = {violations[0].limited, violations[0].allowed, *violations[0].best, excess, option};
    }
    if (!answer.nearest || excess < answer.nearest->excess) answer.nearest = {option, excess, std::move(violations)};
  }
  for (const Limit& limit : all_limits(request.constraints)) {
    std::optional<Violation> violation = met_by_none(options, limit, request.constraints);
    if (!violation) violation = broken_by(*answer.nearest, limit.limited);
    if (violation) answer.violations.push_back(std::move(*violation));
  }
  answer.reasons.push_back(options.size() == 1 ? "the only option does not fit"
                                               : fmt::format("none of {} options fits", options.size()));
  for (const Violation& violation : answer.violations) answer.reasons.push_back(words_of(violation));
  answer.reasons.push_back(fmt::format("nearest is {}", answer.nearest->option.label));
  answer.reasons.push_back(answer.cheapest ? words_of(*answer.cheapest) : "no single limit is alone in the way");
}

}  // namespace netfit::select
