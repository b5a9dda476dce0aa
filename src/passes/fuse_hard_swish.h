// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Writes the product of a value and its hard_sigmoid as the one op that it is, which has an int8 form of its own.
///
///   %s = hard_sigmoid(%x)         %y = hard_swish(%x)
///   %y = mul(%x, %s)         ->
///
/// Leaves the pair alone if the hard_sigmoid has another slope or another reader, or the product an activation.
Result<Change> fuse_hard_swish(ir::Graph& graph);

}  // namespace netfit::passes
