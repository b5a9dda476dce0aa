// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Removes nodes that give what they get: reshape, requantize, transpose, pad and concat that change nothing, and joins
/// a transpose or reshape with one before it.
///
///   %r = reshape(%x) shape=[1,16]              %y = reshape(%x) shape=[16,1]
///   %y = reshape(%r) shape=[16,1]       ->
///
/// A node stays where an output of the graph would become another name of an input, a constant or another output.
Result<Change> eliminate_identities(ir::Graph& graph);

}  // namespace netfit::passes
