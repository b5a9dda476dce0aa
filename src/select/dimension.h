// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "select/constraints.h"

namespace netfit::select {

/// What kind of units a figure is read and written in; tables of units are in this order.
enum class Dimension : std::uint8_t { Time, Bytes, Energy, Power, Share, Percent, Count };

Dimension dimension_of(Quantity quantity);
Dimension dimension_of(Limited limited);

}  // namespace netfit::select
