// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>

#include "calib/samples.h"

namespace netfit::calib {

/// Half-widths of the 90 % intervals of "peak_ram" and "flash" (of the logarithm), from the errors of all rows but
/// those of the model `without`.
std::map<std::string, double> memory_widths(std::span<const Observation> rows, const std::string& without);

/// Where no row judges: a factor of 1.6.
inline constexpr double kUnjudgedMemory = 0.47;

}  // namespace netfit::calib
