// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Makes a zero pad of height and width part of the padding of the convolutions that read it.
///
///   %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0]         %y = conv2d(%x, @w) padding=1,1,1,1
///   %y = conv2d(%p, @w)                              ->
///
/// Leaves pools alone: their padding takes no part in the result, a pad's zeros do.
Result<Change> fuse_pad(ir::Graph& graph);

}  // namespace netfit::passes
