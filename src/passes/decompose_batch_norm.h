// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Writes a batch_norm with constant statistics as a product and a sum, which every runtime has. Leaves alone what
/// fold_batch_norm can merge.
///
///   %y = batch_norm(%x, ...)    ->    %m = mul(%x, @factor)
///                                     %y = add(%m, @shift)
Result<Change> decompose_batch_norm(ir::Graph& graph);

}  // namespace netfit::passes
