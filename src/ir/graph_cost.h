// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::ir {

/// What a graph costs, in any unit; less is better. Whoever must not know of devices is handed one of these.
using GraphCost = std::function<Result<double>(const Graph&)>;

}  // namespace netfit::ir
