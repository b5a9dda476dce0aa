// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "ir/op_spec.h"
#include "passes/wiring.h"

namespace netfit::passes {

/// The elements of input `i` if it is a float32 constant.
std::optional<std::span<const float>> constant_floats(const ir::NodeView& node, std::size_t i);

/// A constant like `old` with other elements, for the node that reads `old`. If nothing else reads it, it changes in
/// place and so keeps its name; a shared one stays as it is and the answer is a new value.
ir::ValueId with_constant(Wiring& wiring, ir::ValueId old, Tensor tensor, std::optional<QuantParams> quant);

/// Gives input `i` of `node` other elements by with_constant.
void replace_constant(Wiring& wiring, ir::NodeId node, std::size_t i, Tensor tensor,
                      std::optional<QuantParams> quant = std::nullopt);

}  // namespace netfit::passes
