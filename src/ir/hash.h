// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ir/graph.h"

namespace netfit::ir {

/// 32 hexadecimal digits that two graphs share exactly when they compute the same thing the same way: ops, attributes,
/// wiring, types, quantization, constants, preprocessing. Names and the order of independent nodes do not count.
std::string canonical_hash(const Graph& graph);

}  // namespace netfit::ir
