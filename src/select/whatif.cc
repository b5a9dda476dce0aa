// SPDX-License-Identifier: Apache-2.0
// The ranking is a total order that does not depend on which options fit, so the answer can only change where one more
// option is admitted, and only to that option: one walk over the options, strictest figure first, finds every step.
#include "select/whatif.h"

#include <algorithm>

#include <fmt/format.h>

#include "select/words.h"

namespace netfit::select {
namespace {

struct Admitted {
  double figure = 0.0;
  const Option* option = nullptr;
};

std::optional<Limit> limit_of(const Constraints& constraints, Limited limited) {
  const std::vector<Limit> limits = all_limits(constraints);
  const auto found = std::ranges::find(limits, limited, &Limit::limited);
  if (found == limits.end()) return std::nullopt;
  return *found;
}

// True if `a` is the stricter limit.
bool stricter(double a, double b, Limited limited) { return is_floor(limited) ? a > b : a < b; }

// What breaks no limit but possibly the varied one, strictest figure first.
std::vector<Admitted> candidates(std::span<const Option> options, const Constraints& constraints, Limited varied) {
  std::vector<Admitted> admitted;
  for (const Option& option : options) {
    const std::optional<Figure> figure = figure_of(option, varied, constraints);
    const std::vector<Violation> violations = violations_of(option, constraints);
    const bool others_hold = std::ranges::all_of(violations, [&](const Violation& v) { return v.limited == varied; });
    if (figure && others_hold) admitted.push_back({judged(*figure, varied, constraints.judge), &option});
  }
  std::ranges::stable_sort(admitted,
                           [&](const Admitted& a, const Admitted& b) { return stricter(a.figure, b.figure, varied); });
  return admitted;
}

void find_current(WhatIf& answer, const Limit& limit) {
  for (std::size_t i = 0; i < answer.steps.size(); ++i) {
    const double missing = shortfall(answer.steps[i].allowed, limit);
    if (missing <= 0.0) {
      answer.current = i;
    } else if (!answer.to_next) {
      answer.to_next = missing;
    }
  }
}

}  // namespace

Result<WhatIf> what_if(std::span<const Option> options, const Request& request, Limited varied) {
  NETFIT_TRY(check_constraints(request.constraints));
  const bool needs_rate = varied == Limited::Power || varied == Limited::Duty;
  if (needs_rate && !request.constraints.rate_per_s) {
    return bad_usage(fmt::format("{} cannot be varied without a rate", in_words(varied)));
  }
  WhatIf answer{.varied = varied};
  for (const Admitted& next : candidates(options, request.constraints, varied)) {
    if (!answer.steps.empty()) {
      Step& last = answer.steps.back();
      if (!ranks_before(*next.option, last.choice, request.ranking)) continue;
      if (last.allowed == next.figure) {  // admitted together: the better one is the step
        last.choice = *next.option;
        continue;
      }
    }
    answer.steps.push_back({next.figure, *next.option, ""});
  }
  for (std::size_t i = 1; i < answer.steps.size(); ++i) {
    answer.steps[i].buys = change_in_words(answer.steps[i - 1].choice, answer.steps[i].choice);
  }
  if (const std::optional<Limit> limit = limit_of(request.constraints, varied)) find_current(answer, *limit);
  return answer;
}

std::vector<std::string> describe(const WhatIf& answer, const Request& request) {
  std::vector<std::string> lines;
  const std::optional<Limit> limit = limit_of(request.constraints, answer.varied);
  for (std::size_t i = 0; i < answer.steps.size(); ++i) {
    const Step& step = answer.steps[i];
    std::string line =
        fmt::format("{} {}", is_floor(answer.varied) ? "at" : "from", enough_in_words(answer.varied, step.allowed));
    if (limit && shortfall(step.allowed, *limit) > 0.0) {
      line += fmt::format(" ({} {})", in_words(answer.varied, shortfall(step.allowed, *limit)),
                          is_floor(answer.varied) ? "less" : "more");
    }
    line += fmt::format(": {}", step.choice.label);
    if (!step.buys.empty()) line += fmt::format(": {}", step.buys);
    if (answer.current == i) line += " (the answer to the limits as they are)";
    lines.push_back(std::move(line));
  }
  if (lines.empty()) lines.push_back(fmt::format("nothing fits, whatever the limit on {}", in_words(answer.varied)));
  return lines;
}

}  // namespace netfit::select
