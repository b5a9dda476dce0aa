// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "select/constraints.h"
#include "select/option.h"

// Numbers and comparisons as people read them.
namespace netfit::select {

/// "489.3 KiB", "45.25 ms", "92.5 %", "120 %" for a duty of 1.2: four significant digits.
std::string in_words(Limited limited, double figure);
std::string in_words(Quantity quantity, double value);
/// "peak RAM", "top-1", ...
std::string_view in_words(Quantity quantity);

/// A limit that `figure` surely meets, as parse_limit takes it: rounded up, and down where the limit is a floor.
std::string enough_in_words(Limited limited, double figure);

/// "512 KiB, 100 KiB allowed, 412 KiB missing", or "45 ms of 200 ms allowed" where the limit holds. As many digits as
/// it takes for the printed figure to be on the same side of the printed limit as the real ones.
std::string against_limit(const Limit& limit, double figure);

/// What changes from one option to another, for the quantities that both have: "2.1x faster, halves flash, -0.1
/// points". Empty if nothing does.
std::string change_in_words(const Option& from, const Option& to);

}  // namespace netfit::select
