// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::ir {

/// Reads the text form (grammar in docs/ir.md). Types of results may be left out: they are inferred. A fault names its
/// line and column. The graph that comes back satisfies the verifier.
Result<Graph> parse(std::string_view text);

}  // namespace netfit::ir
