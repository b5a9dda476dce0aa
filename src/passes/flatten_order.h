// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/permutation.h"
#include "passes/wiring.h"

namespace netfit::passes {

/// `reshape` flattens a transposed tensor [1, ...] to [1, k]. If all that happens to the result is elementwise and ends
/// in fully connected layers with constant weights, permutes the columns of those weights, so that the source of the
/// transpose (of shape `source`) can be flattened instead. False, and nothing changes, if that is not so.
bool reorder_flattened_weights(Wiring& wiring, ir::NodeId reshape, const Shape& source, const Permutation& perm);

}  // namespace netfit::passes
