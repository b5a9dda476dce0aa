// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::ir {

/// Checks the rules R1... of docs/ir.md. Every violated one is a fault that names its rule; the caller decides whether
/// that is bad input (after import) or a bug (after a pass).
Result<void> verify(const Graph& graph);

}  // namespace netfit::ir
