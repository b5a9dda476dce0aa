// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ir/graph.h"

namespace netfit::ir {

enum class Constants { Full, Elided };

/// The text form (grammar in docs/ir.md). With full constants, parse(print(g)) is g; elided ones show as `...`.
std::string print(const Graph& graph, Constants constants = Constants::Full);

}  // namespace netfit::ir
