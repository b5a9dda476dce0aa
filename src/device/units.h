// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace netfit::device {

/// A unit that a figure may be given in, and what it counts in the figure's own unit.
struct Unit {
  std::string_view name;
  double factor = 1.0;
};

/// The units of one kind of figure.
std::span<const Unit> byte_units();       ///< in bytes
std::span<const Unit> clock_units();      ///< in MHz
std::span<const Unit> power_units();      ///< in mW
std::span<const Unit> bit_units();        ///< in bits
std::span<const Unit> cycle_units();      ///< in cycles
std::span<const Unit> bandwidth_units();  ///< in 10^9 bytes a second

/// "512 KiB" or "400MHz" in the unit that `units` count in. Fails without a number, without one of the units, and on
/// numbers that are negative or not finite; says what is allowed.
Result<double> parse_quantity(std::string_view text, std::span<const Unit> units);

}  // namespace netfit::device
