// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "ir/op_spec.h"
#include "ir/uses.h"

namespace netfit::diagnose {

/// The real numbers that a constant input of a node stands for, as f32: integers and half precision are widened, in
/// place or behind a requantize. No value for data and for an absent input. `uses` is of the node's graph.
std::optional<Tensor> constant_reals(const ir::NodeView& node, std::size_t input, const ir::Uses& uses);

}  // namespace netfit::diagnose
