// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Makes a graph that came with channels-first data channels-last: moves transposes down through ops that treat the
/// axes alike, cancels pairs, and absorbs those behind an input, before an output and before the weights of a flattened
/// layer. Inputs and outputs that lose a transpose are marked as ChannelsFirst in their file.
///
///   %t = transpose(%x) perm=[0,3,1,2]          %y = relu(%x)
///   %r = relu(%t)                         ->
///   %y = transpose(%r) perm=[0,2,3,1]
///
/// A transpose that nothing absorbs stays, as far down as it goes; one that moves no element becomes a reshape.
Result<Change> canonicalize_layout(ir::Graph& graph);

}  // namespace netfit::passes
