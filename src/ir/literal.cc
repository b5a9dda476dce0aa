// SPDX-License-Identifier: Apache-2.0
#include "ir/literal.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "base/random.h"
#include "base/text.h"
#include "ir/attr_types.h"
#include "tensor/half.h"

namespace netfit::ir {
namespace {

using tensor::Half;

struct Limits {
  std::int64_t low;
  std::int64_t high;
};

Limits integer_limits(DType dtype) {
  if (dtype == DType::Bool) return {0, 1};
  return {tensor::lowest(dtype), tensor::highest(dtype)};
}

// Weights are symmetric, and a bias that fills 32 bits would overflow every accumulator.
Limits random_limits(DType dtype) {
  if (dtype == DType::Bool || dtype == DType::UInt8) return integer_limits(dtype);
  const std::int64_t high = std::min<std::int64_t>(tensor::highest(dtype), 32767);
  return {-high, high};
}

template <typename T, typename Source>
Result<Tensor> filled(const Shape& shape, const Source& next) {
  Tensor result(tensor::dtype_of<T>(), shape);
  for (T& element : result.mutable_data<T>()) element = static_cast<T>(NETFIT_TRY(next()));
  return result;
}

// A tensor whose elements come in order from `real` or `integer`, whichever suits its type; each may fail.
template <typename Real, typename Integer>
Result<Tensor> filled_from(DType dtype, const Shape& shape, const Real& real, const Integer& integer) {
  switch (dtype) {
    case DType::Float32:
      return filled<float>(shape, real);
    case DType::Float16:
      return filled<Half>(shape, [&]() -> Result<Half> { return tensor::to_half(NETFIT_TRY(real())); });
    case DType::Int4:
      return tensor::pack_int4(NETFIT_TRY(filled<std::int8_t>(shape, integer)));
    case DType::Int8:
      return filled<std::int8_t>(shape, integer);
    case DType::UInt8:
      return filled<std::uint8_t>(shape, integer);
    case DType::Int16:
      return filled<std::int16_t>(shape, integer);
    case DType::Int32:
      return filled<std::int32_t>(shape, integer);
    case DType::Int64:
      return filled<std::int64_t>(shape, integer);
    case DType::Bool:
      return filled<bool>(shape, integer);
  }
  NETFIT_UNREACHABLE();
}

Result<std::int64_t> parse_integer_within(Lexer& lexer, Limits limits) {
  const std::size_t place = lexer.place();
  const std::int64_t value = NETFIT_TRY(parse_integer(lexer));
  if (value >= limits.low && value <= limits.high) return value;
  return lexer.failure_at(place, fmt::format("{} is not in [{}, {}]", value, limits.low, limits.high));
}

Result<Tensor> parse_list(Lexer& lexer, DType dtype, const Shape& shape) {
  const auto wrong_count = [&] {
    return lexer.failure(fmt::format("expected a list of {} elements, {}", shape.element_count(), lexer.found()));
  };
  if (shape.element_count() > static_cast<std::int64_t>(lexer.remaining())) return wrong_count();
  bool first = true;
  const auto next = [&](const auto& parse) -> decltype(parse()) {
    if (lexer.peek() == ']' || (!first && !lexer.accept(","))) return wrong_count();
    first = false;
    return parse();
  };
  const auto real = [&] { return next([&] { return parse_float(lexer); }); };
  const auto integer = [&] { return next([&] { return parse_integer_within(lexer, integer_limits(dtype)); }); };
  Tensor result = NETFIT_TRY(filled_from(dtype, shape, real, integer));
  if (!lexer.accept("]")) return wrong_count();
  return result;
}

Result<Tensor> parse_fill(Lexer& lexer, DType dtype, const Shape& shape) {
  float real = 0;
  std::int64_t integer = 0;
  if (tensor::is_float(dtype)) {
    real = NETFIT_TRY(parse_float(lexer));
  } else {
    integer = NETFIT_TRY(parse_integer_within(lexer, integer_limits(dtype)));
  }
  return filled_from(
      dtype, shape, [&]() -> Result<float> { return real; }, [&]() -> Result<std::int64_t> { return integer; });
}

Result<Tensor> parse_random(Lexer& lexer, DType dtype, const Shape& shape) {
  base::Random random(static_cast<std::uint64_t>(NETFIT_TRY(parse_integer(lexer))));
  float low = -1;
  float high = 1;
  Limits limits{0, 0};
  if (!tensor::is_float(dtype)) limits = random_limits(dtype);
  if (lexer.accept(",")) {
    const std::size_t place = lexer.place();
    if (tensor::is_float(dtype)) {
      low = NETFIT_TRY(parse_float(lexer));
      NETFIT_TRY(lexer.expect(","));
      high = NETFIT_TRY(parse_float(lexer));
    } else {
      limits.low = NETFIT_TRY(parse_integer_within(lexer, integer_limits(dtype)));
      NETFIT_TRY(lexer.expect(","));
      limits.high = NETFIT_TRY(parse_integer_within(lexer, integer_limits(dtype)));
    }
    if (!(low <= high && limits.low <= limits.high))
      return lexer.failure_at(place, "the lower limit is the greater one");
  }
  return filled_from(
      dtype, shape, [&]() -> Result<float> { return random.real(low, high); },
      [&]() -> Result<std::int64_t> { return random.integer(limits.low, limits.high); });
}

Result<void> spend(Lexer& lexer, const Shape& shape, LiteralBudget& budget) {
  budget.elements -= shape.element_count();
  if (budget.elements >= 0) return {};
  return lexer.failure(fmt::format("fill and random make more than {} elements", LiteralBudget().elements));
}

template <typename T>
Result<T> parse_number(Lexer& lexer, std::string_view kind) {
  const std::size_t place = lexer.place();
  const std::string_view text = lexer.number();
  T value{};
  if (text.empty()) return lexer.failure(fmt::format("expected {}, {}", kind, lexer.found()));
  const Result<void> parsed = parse_attr(text, value);
  if (!parsed) return lexer.failure_at(place, parsed.error().what());
  return value;
}

}  // namespace

Result<float> parse_float(Lexer& lexer) {
  const std::size_t place = lexer.place();
  const auto value = NETFIT_TRY(parse_number<float>(lexer, "a number"));
  if (!std::isnan(value) || !lexer.accept("(")) return value;
  const std::string_view digits = lexer.word();
  std::uint32_t bits = 0;
  const bool prefixed = digits.starts_with("0x");
  if (prefixed) std::from_chars(digits.data() + 2, digits.data() + digits.size(), bits, 16);
  const auto marked = std::bit_cast<float>(bits);
  if (!std::isnan(marked)) return lexer.failure_at(place, "nan(...) takes the bits of a NaN, as in nan(0x7fc00001)");
  NETFIT_TRY(lexer.expect(")"));
  return marked;
}

Result<std::int64_t> parse_integer(Lexer& lexer) { return parse_number<std::int64_t>(lexer, "a whole number"); }

Result<Tensor> parse_literal(Lexer& lexer, DType dtype, const Shape& shape, LiteralBudget& budget) {
  if (lexer.accept("[")) return parse_list(lexer, dtype, shape);
  const std::size_t place = lexer.place();
  if (lexer.accept("...")) return lexer.failure_at(place, "elided elements cannot be read back");
  const std::string_view word = lexer.word();
  if (word != "fill" && word != "random") {
    return lexer.failure_at(
        place, fmt::format("expected a list, fill(...) or random(...), found '{}'", base::printable(word, 40)));
  }
  NETFIT_TRY(spend(lexer, shape, budget));
  NETFIT_TRY(lexer.expect("("));
  Tensor result = NETFIT_TRY(word == "fill" ? parse_fill(lexer, dtype, shape) : parse_random(lexer, dtype, shape));
  NETFIT_TRY(lexer.expect(")"));
  return result;
}

std::string float_text(float value) {
  constexpr std::uint32_t kPlainNan = 0x7fc00000U;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return bits == kPlainNan ? "nan" : fmt::format("nan({:#x})", bits);
  return fmt::format("{}", value);
}

std::string literal_text(const Tensor& tensor) {
  std::string text = "[";
  const auto add = [&text](const std::string& element) {
    if (text.size() > 1) text += ", ";
    text += element;
  };
  if (tensor.dtype() == DType::Float32) {
    for (const float element : tensor.data<float>()) add(float_text(element));
  } else if (tensor.dtype() == DType::Float16) {
    for (const Half element : tensor.data<Half>()) add(float_text(tensor::to_float(element)));
  } else {
    for (const std::int64_t element : tensor::to_int64s(tensor)) add(fmt::format("{}", element));
  }
  return text + "]";
}

}  // namespace netfit::ir
