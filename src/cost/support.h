// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "device/runtime.h"
#include "ir/graph.h"

namespace netfit::cost {

/// check_support for a graph that is costed as if its numbers had another type.
std::vector<std::string> check_support(const ir::Graph& graph, const device::Runtime& runtime,
                                       std::optional<DType> as_type);

}  // namespace netfit::cost
