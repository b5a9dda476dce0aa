// SPDX-License-Identifier: Apache-2.0
#include "device/names.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace netfit::device {
namespace {

struct Arithmetic {
  std::string_view name;
  DType dtype;
};

constexpr std::array kArithmetic{Arithmetic{"float32", DType::Float32}, Arithmetic{"float16", DType::Float16},
                                 Arithmetic{"int8", DType::Int8}};

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

bool is_name(std::string_view text) {
  constexpr std::size_t kMaxName = 64;
  return !text.empty() && text.size() <= kMaxName && is_letter_or_digit(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_'; });
}

std::optional<DType> find_arithmetic(std::string_view name) {
  const auto* found = std::ranges::find(kArithmetic, name, &Arithmetic::name);
  if (found == kArithmetic.end()) return std::nullopt;
  return found->dtype;
}

std::string_view arithmetic_name(DType dtype) {
  const auto* found = std::ranges::find(kArithmetic, dtype, &Arithmetic::dtype);
  return found == kArithmetic.end() ? tensor::name(dtype) : found->name;
}

}  // namespace netfit::device
