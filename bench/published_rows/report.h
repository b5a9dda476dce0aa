// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "judge.h"

namespace netfit::published {

/// src/cost/interval_table.inc.
std::string interval_table(const std::vector<Outcome>& outcomes);

/// docs/analytic-latency.md.
std::string report(const std::vector<Outcome>& outcomes, const std::vector<Row>& left_out);

}  // namespace netfit::published
