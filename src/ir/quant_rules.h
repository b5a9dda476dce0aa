// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/diagnostics.h"
#include "ir/op_spec.h"

// The rules of docs/ir.md about quantization; verifier.cc checks the others.
namespace netfit::ir {

/// The parameters of results in [0, 1] (QuantRule::Unit): i8 1/256, -128; u8 1/256, 0; i16 1/32768, 0; none for other
/// types.
std::optional<QuantParams> unit_params(DType dtype);

/// The rules about one value by itself.
void check_value_quant(const Value& value, const std::string& where, Diagnostics& faults);

/// The rules about a node whose types are right and whose values obey check_value_quant.
void check_node_quant(const NodeView& node, Diagnostics& faults);

}  // namespace netfit::ir
