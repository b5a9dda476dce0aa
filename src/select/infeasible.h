// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "select/recommend.h"

namespace netfit::select {

/// Fills in what is in the way where no option fits: violations, nearest, cheapest, reasons.
void explain_infeasible(std::span<const Option> options, const Request& request, Recommendation& answer);

}  // namespace netfit::select
