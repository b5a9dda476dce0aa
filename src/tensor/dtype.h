// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace netfit::tensor {

/// An IEEE half-precision number, stored only; convert with half.h to compute.
struct Half {
  std::uint16_t bits = 0;
  friend bool operator==(Half, Half) = default;
};

/// Element types. Int4 packs two elements a byte, the first in the low half (TFLite's order).
enum class DType : std::uint8_t { Float32, Float16, Int4, Int8, UInt8, Int16, Int32, Int64, Bool };

/// The short name used in the text form: f32, f16, i4, i8, u8, i16, i32, i64, bool.
std::string_view name(DType dtype);
std::optional<DType> find_dtype(std::string_view name);

int bit_width(DType dtype);
bool is_float(DType dtype);

/// Types that hold quantized real numbers when a Value has QuantParams: i4, i8, u8, i16, i32, i64.
bool is_integer(DType dtype);

/// Least and greatest representable integer of an integer type.
std::int64_t lowest(DType dtype);
std::int64_t highest(DType dtype);

/// Bytes that `count` elements take, packing included.
std::int64_t bytes_for(DType dtype, std::int64_t count);

template <typename T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, float>) return DType::Float32;
  if constexpr (std::is_same_v<T, Half>) return DType::Float16;
  if constexpr (std::is_same_v<T, std::int8_t>) return DType::Int8;
  if constexpr (std::is_same_v<T, std::uint8_t>) return DType::UInt8;
  if constexpr (std::is_same_v<T, std::int16_t>) return DType::Int16;
  if constexpr (std::is_same_v<T, std::int32_t>) return DType::Int32;
  if constexpr (std::is_same_v<T, std::int64_t>) return DType::Int64;
  if constexpr (std::is_same_v<T, bool>) return DType::Bool;
}

}  // namespace netfit::tensor

namespace netfit {
using tensor::DType;
}
