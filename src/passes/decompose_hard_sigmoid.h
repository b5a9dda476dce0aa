// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Writes a float hard_sigmoid in ops that TFLite has and that can be quantized.
///
///   %y = hard_sigmoid(%x) alpha beta    ->    %s = mul(%x, 6 * alpha)
///                                             %t = add(%s, 6 * beta)
///                                             %r = relu6(%t)
///                                             %y = mul(%r, 1 / 6)
///
/// Without the first product if its factor is 1.
Result<Change> decompose_hard_sigmoid(ir::Graph& graph);

}  // namespace netfit::passes
