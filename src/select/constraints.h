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

/// What a limit can be set on.
enum class Limited : std::uint8_t {
  Latency,   ///< at most, ms
  PeakRam,   ///< at most, bytes
  Flash,     ///< at most, bytes
  FileSize,  ///< at most, bytes of the deployed file
  Energy,    ///< at most, mJ per inference
  Power,     ///< at most, mW: energy times rate; needs a rate
  Duty,      ///< share of time spent in inference, latency times rate; comes with a rate, and at most 1
  Top1,      ///< at least, percent
};

/// All of them, in their order.
std::span<const Limited> limitable();
/// "max_latency", "max_ram", ..., "min_top1".
std::string_view name(Limited limited);
std::optional<Limited> find_limited(std::string_view name);
/// "latency", "peak RAM", ...
std::string_view in_words(Limited limited);
/// The quantity that it is judged by.
Quantity quantity_of(Limited limited);
/// True for a limit that says "at least".
bool is_floor(Limited limited);

struct Limit {
  Limited limited = Limited::Latency;
  double allowed = 0.0;
};

/// What a limit is compared with.
enum class Judge : std::uint8_t {
  Value,
  BadEnd,  ///< the end of the 90 % interval that is worse
};

struct Constraints {
  std::vector<Limit> limits;  ///< at most one of each kind
  std::optional<double> rate_per_s;
  Judge judge = Judge::Value;
};

/// Refuses limits that are not finite or negative, two of a kind, and power without a rate.
Result<void> check_constraints(const Constraints& constraints);

/// The limits, and with a rate the one on duty.
std::vector<Limit> all_limits(const Constraints& constraints);

/// What a limit looks at, in the limit's unit.
struct Figure {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
};
std::optional<Figure> figure_of(const Option& option, Limited limited, const Constraints& constraints);

/// The number that is compared with the limit.
double judged(const Figure& figure, Limited limited, Judge judge);

/// How much is missing; 0 or less if the limit holds.
double shortfall(double figure, const Limit& limit);
/// The shortfall in relation to what is allowed, so that limits of different units can be added up.
double relative_excess(double figure, const Limit& limit);

/// A limit that does not hold: for one option, or for a whole list and its best option.
struct Violation {
  Limited limited = Limited::Latency;
  double allowed = 0.0;
  std::optional<double> best;       ///< as judged; none if it is unavailable
  std::optional<double> shortfall;  ///< always positive
  std::string reason;

  friend bool operator==(const Violation&, const Violation&) = default;
};

/// Every limit that `option` does not satisfy; what it has no Reading for it does not satisfy.
std::vector<Violation> violations_of(const Option& option, const Constraints& constraints);

}  // namespace netfit::select
