// SPDX-License-Identifier: Apache-2.0
#include "select/constraints.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "select/words.h"

namespace netfit::select {
namespace {

struct LimitedRow {
  std::string_view name;
  std::string_view words;
  Quantity quantity;
};

// In the order of the enumeration.
constexpr std::array kLimited{
    LimitedRow{"max_latency", "latency", Quantity::Latency},
    LimitedRow{"max_ram", "peak RAM", Quantity::PeakRam},
    LimitedRow{"max_flash", "flash", Quantity::Flash},
    LimitedRow{"max_file_size", "file size", Quantity::FileSize},
    LimitedRow{"max_energy", "energy", Quantity::Energy},
    LimitedRow{"max_power", "power", Quantity::Energy},
    LimitedRow{"max_duty", "busy time", Quantity::Latency},
    LimitedRow{"min_top1", "top-1", Quantity::Top1},
};

constexpr std::array kOrder{Limited::Latency, Limited::PeakRam, Limited::Flash, Limited::FileSize,
                            Limited::Energy,  Limited::Power,   Limited::Duty,  Limited::Top1};
static_assert(kOrder.size() == kLimited.size());

const LimitedRow& row(Limited limited) { return kLimited.at(static_cast<std::size_t>(limited)); }

// From the Reading's unit to the limit's: mJ times 1/s is mW, ms times 1/s is a thousandth.
double factor_of(Limited limited, const Constraints& constraints) {
  const double rate = constraints.rate_per_s.value_or(std::numeric_limits<double>::infinity());
  if (limited == Limited::Power) return rate;
  if (limited == Limited::Duty) return rate / 1000.0;
  return 1.0;
}

}  // namespace

std::span<const Limited> limitable() { return kOrder; }

std::string_view name(Limited limited) { return row(limited).name; }

std::optional<Limited> find_limited(std::string_view name) {
  const auto found = std::ranges::find(kLimited, name, &LimitedRow::name);
  if (found == kLimited.end()) return std::nullopt;
  return static_cast<Limited>(found - kLimited.begin());
}

std::string_view in_words(Limited limited) { return row(limited).words; }

Quantity quantity_of(Limited limited) { return row(limited).quantity; }

bool is_floor(Limited limited) { return limited == Limited::Top1; }

Result<void> check_constraints(const Constraints& constraints) {
  if (constraints.rate_per_s && !(*constraints.rate_per_s > 0.0 && std::isfinite(*constraints.rate_per_s))) {
    return bad_usage(fmt::format("the rate is {} (allowed: more than 0)", *constraints.rate_per_s));
  }
  std::vector<Limited> seen;
  for (const Limit& limit : constraints.limits) {
    if (!std::isfinite(limit.allowed) || limit.allowed < 0.0) {
      return bad_usage(fmt::format("the limit {} is {} (allowed: 0 or more)", name(limit.limited), limit.allowed));
    }
    if (std::ranges::count(seen, limit.limited) > 0) {
      return bad_usage(fmt::format("the limit {} is given twice", name(limit.limited)));
    }
    const bool needs_rate = limit.limited == Limited::Power || limit.limited == Limited::Duty;
    if (needs_rate && !constraints.rate_per_s) {
      return bad_usage(fmt::format("the limit {} is given without a rate", name(limit.limited)));
    }
    seen.push_back(limit.limited);
  }
  return {};
}

std::vector<Limit> all_limits(const Constraints& constraints) {
  std::vector<Limit> limits = constraints.limits;
  const bool has_duty = std::ranges::count(limits, Limited::Duty, &Limit::limited) > 0;
  if (constraints.rate_per_s && !has_duty) limits.push_back({Limited::Duty, 1.0});
  return limits;
}

std::optional<Figure> figure_of(const Option& option, Limited limited, const Constraints& constraints) {
  const Reading* reading = option.find(quantity_of(limited));
  if (reading == nullptr) return std::nullopt;
  const double factor = factor_of(limited, constraints);
  return Figure{reading->value * factor, reading->low * factor, reading->high * factor};
}

double judged(const Figure& figure, Limited limited, Judge judge) {
  if (judge == Judge::Value) return figure.value;
  return is_floor(limited) ? figure.low : figure.high;
}

double shortfall(double figure, const Limit& limit) {
  return is_floor(limit.limited) ? limit.allowed - figure : figure - limit.allowed;
}

double relative_excess(double figure, const Limit& limit) {
  const double missing = shortfall(figure, limit);
  if (missing <= 0.0) return 0.0;
  return limit.allowed > 0.0 ? missing / limit.allowed : std::numeric_limits<double>::infinity();
}

std::vector<Violation> violations_of(const Option& option, const Constraints& constraints) {
  std::vector<Violation> violations;
  for (const Limit& limit : all_limits(constraints)) {
    const std::optional<Figure> figure = figure_of(option, limit.limited, constraints);
    if (!figure) {
      const Quantity quantity = quantity_of(limit.limited);
      violations.push_back({limit.limited, limit.allowed, std::nullopt, std::nullopt,
                            fmt::format("{} is unavailable: {}", in_words(quantity), option.why_missing(quantity))});
      continue;
    }
    const double given = judged(*figure, limit.limited, constraints.judge);
    const double missing = shortfall(given, limit);
    if (missing > 0.0) {
      violations.push_back({limit.limited, limit.allowed, given, missing, against_limit(limit, given)});
    }
  }
  return violations;
}

}  // namespace netfit::select
