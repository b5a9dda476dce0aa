// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/attr_types.h"
#include "ir/graph.h"

namespace netfit::passes {

/// The clamp that a node puts on its result: the one fused into it, or what it does itself if it is a relu, relu6 or
/// relu_n1_to_1.
ir::Activation activation_of(const ir::Node& node);

}  // namespace netfit::passes
