// SPDX-License-Identifier: Apache-2.0
#include "judge.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "cost/estimate.h"

namespace netfit::published {
namespace {

constexpr double kKibibyte = 1024.0;

struct ThreadClass {
  int least;
  int most;
};
constexpr std::array kThreadClasses{ThreadClass{1, 1}, ThreadClass{2, 4}, ThreadClass{5, 1024}};

const ThreadClass& thread_class(int threads) {
  return *std::ranges::find_if(kThreadClasses, [&](const ThreadClass& each) { return threads <= each.most; });
}

// For each case the error of its latency by figures that have not seen its family, 0 without a latency.
std::vector<double> unseen_errors(const std::vector<Case>& cases) {
  std::vector<double> errors(cases.size(), 0.0);
  std::map<std::string, std::vector<Equation>> by_runtime;
  for (const Equation& equation : equations_of(cases)) {
    if (equation.truth_ms > 0) by_runtime[cases[equation.place].row.runtime].push_back(equation);
  }
  for (const auto& [runtime, equations] : by_runtime) {
    std::set<std::string> families;
    for (const Equation& equation : equations) families.insert(cases[equation.place].family);
    for (const std::string& family : families) {
      std::vector<Equation> others = equations;
      std::erase_if(others, [&](const Equation& equation) { return cases[equation.place].family == family; });
      const Figures figures = fit(others);
      for (const Equation& equation : equations) {
        if (cases[equation.place].family != family) continue;
        errors[equation.place] = std::log(predict_ms(equation, figures) / equation.truth_ms);
      }
    }
  }
  return errors;
}

// Errors within a family are alike, so that a group knows as much as it has families. Few know little: the 95 %
// quantile of Student's distribution with one degree of freedom less than families, over that of the normal
// distribution. One family is taken for two.
double caution(std::size_t families) {
  constexpr std::array kStudent{6.314, 6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833};
  constexpr double kNormal = 1.645;
  if (families > kStudent.size()) return 1.0 + 0.9 / static_cast<double>(families);
  return kStudent.at(std::max<std::size_t>(families, 1) - 1) / kNormal;
}

}  // namespace

double Outcome::error() const { return std::log(predicted.value / published); }

Result<std::vector<Outcome>> judge(const std::vector<Case>& cases) {
  const std::vector<double> errors = unseen_errors(cases);
  std::vector<Outcome> outcomes;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& made = cases[i];
    const bool integers = made.row.model.starts_with("mlperf_tiny/");
    cost::EstimateOptions options{.threads = made.row.threads};
    if (!integers && !made.runtime->float32_as_float16) options.as_type = made.row.type;
    if (made.row.type == DType::Int8 && !integers) options.as_type = DType::Int8;
    const cost::Estimate estimate =
        NETFIT_TRY(located(cost::estimate(*made.graph, *made.device, *made.runtime, options), made.row.model));
    const auto add = [&](Quantity quantity, double published, bool fitted) {
      const Reading* reading = estimate.find(quantity);
      if (!(published > 0) || reading == nullptr) return;
      Outcome outcome{&made, quantity, published, *reading};
      // Power, RAM and flash have no figures that were fitted to these rows.
      outcome.unseen_error = fitted ? errors[i] : outcome.error();
      outcomes.push_back(std::move(outcome));
    };
    add(Quantity::Latency, made.row.latency_ms, true);
    add(Quantity::Energy, made.row.energy_mj, false);
    add(Quantity::PeakRam, made.row.ram_kib * kKibibyte, false);
    add(Quantity::Flash, made.row.flash_kib * kKibibyte, false);
  }
  return outcomes;
}

std::vector<Group> group(const std::vector<Outcome>& outcomes) {
  std::map<std::tuple<Quantity, std::string, std::string, DType, int>, Group> groups;
  for (const Outcome& outcome : outcomes) {
    const Case& made = *outcome.made;
    const ThreadClass& threads = thread_class(made.row.threads);
    Group& own = groups[{outcome.quantity, made.device->core, made.row.runtime, made.row.type, threads.least}];
    own.quantity = outcome.quantity;
    own.core = made.device->core;
    own.runtime = made.row.runtime;
    own.type = made.row.type;
    own.least_threads = threads.least;
    own.most_threads = threads.most;
    own.outcomes.push_back(&outcome);
  }
  std::vector<Group> sorted;
  for (auto& [key, own] : groups) sorted.push_back(std::move(own));
  return sorted;
}

double factor_of(const Group& group, const std::string& without_family) {
  std::vector<double> errors;
  std::set<std::string> families;
  for (const Outcome* outcome : group.outcomes) {
    if (outcome->made->family == without_family) continue;
    errors.push_back(std::fabs(outcome->unseen_error));
    families.insert(outcome->made->family);
  }
  if (errors.empty()) return 1.0;
  std::ranges::sort(errors);
  const auto rank = static_cast<std::size_t>(std::ceil(0.9 * static_cast<double>(errors.size() + 1)));
  const double width = errors[std::min(rank, errors.size()) - 1] * caution(families.size());
  // Rounded up to hundredths, so that the printed factor covers what the exact one does.
  return std::ceil(100.0 * std::exp(width)) / 100.0;
}

int count_covered_unseen(const Group& group) {
  int covered = 0;
  for (const Outcome* outcome : group.outcomes) {
    const double factor = factor_of(group, outcome->made->family);
    covered += std::fabs(outcome->unseen_error) <= std::log(factor) ? 1 : 0;
  }
  return covered;
}

}  // namespace netfit::published
