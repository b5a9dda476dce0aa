// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Removes nodes whose results reach no output, and values that nothing refers to. Inputs of the graph stay, used or
/// not.
///
///   %d = relu(%x)           %y = add(%x, %x)
///   %y = add(%x, %x)   ->
Result<Change> eliminate_dead_nodes(ir::Graph& graph);

}  // namespace netfit::passes
