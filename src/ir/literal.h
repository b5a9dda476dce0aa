// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ir/lexer.h"
#include "tensor/tensor.h"

namespace netfit::ir {

/// What the literals of one text may still generate, in elements, so that a few bytes cannot ask for gigabytes.
struct LiteralBudget {
  std::int64_t elements = std::int64_t{1} << 24;
};

/// Reads the elements of a constant: a list, fill(value), random(seed) or random(seed, low, high).
Result<Tensor> parse_literal(Lexer& lexer, DType dtype, const Shape& shape, LiteralBudget& budget);

/// The elements as a list that reads back bit for bit.
std::string literal_text(const Tensor& tensor);

/// Shortest decimal that reads back bit for bit; a NaN with an unusual payload shows its bits.
std::string float_text(float value);

/// Reads one number of the form that float_text writes.
Result<float> parse_float(Lexer& lexer);
Result<std::int64_t> parse_integer(Lexer& lexer);

}  // namespace netfit::ir
