// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"
#include "passes/wiring.h"

namespace netfit::passes {

/// Merges a batch_norm with constant statistics into the conv2d, depthwise_conv2d or fully_connected that feeds it, or
/// into the one behind it.
///
///   %c = conv2d(%x, @w, @b)              %y = conv2d(%x, @w', @b')
///   %y = batch_norm(%c, ...)       ->
///
/// Leaves the pair alone if the value between them has another use, or the layer before has an activation; and the one
/// behind if it pads, unless the batch_norm maps zero to zero: its padding stands for zeros behind the batch_norm.
Result<Change> fold_batch_norm(ir::Graph& graph);

/// The second of the two alone, for batch norms that no layer before can take; those that one could stay.
Result<Change> fold_batch_norm_behind(ir::Graph& graph);

/// The layer whose result only `batch_norm` reads, without an activation between; invalid if there is none.
ir::NodeId layer_before(const Wiring& wiring, ir::NodeId batch_norm);

/// Whether fold_batch_norm would merge `batch_norm` into the layer before or behind it.
bool can_fold(const Wiring& wiring, ir::NodeId batch_norm);

}  // namespace netfit::passes
