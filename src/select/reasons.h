// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "select/recommend.h"

namespace netfit::select {

/// Why the choice of a feasible answer is the choice, one sentence each: what it is best at, what it gains against
/// float32, how near it is to each limit, and why the next best is not it.
std::vector<std::string> reasons_for(const Recommendation& answer, std::size_t considered, const Request& request);

}  // namespace netfit::select
