// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "ir/lexer.h"
#include "ir/op_spec.h"

// The parts of the text form that describe a value or a node.
namespace netfit::ir {

/// f32[1,2]
Result<TensorType> parse_type(Lexer& lexer);

/// q(scale, zero point), q(axis=0, [scales], [zero points]), or nothing.
Result<std::optional<QuantParams>> parse_quant(Lexer& lexer);

/// r(low, high), or nothing.
Result<std::optional<Interval>> parse_range(Lexer& lexer);

/// layout=channels_first, layout=channels_last, or nothing, which means the latter.
Result<Layout> parse_layout(Lexer& lexer);

/// name=value, as often as there is one.
Result<std::vector<AttrText>> parse_attributes(Lexer& lexer);

/// Parameters that the op leaves no choice about, so that the text may leave them out; none for other ops and types.
std::optional<QuantParams> implied_quant(const NodeView& node, DType dtype);

Result<Preprocessing> parse_preprocessing(std::span<const AttrText> fields);

}  // namespace netfit::ir
