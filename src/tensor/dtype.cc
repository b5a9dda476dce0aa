// SPDX-License-Identifier: Apache-2.0
#include "tensor/dtype.h"

#include <array>
#include <limits>

#include "base/check.h"

namespace netfit::tensor {
namespace {

struct Row {
  DType dtype;
  std::string_view name;
  int bits;
  bool integer;
};

constexpr std::array kRows{
    Row{DType::Float32, "f32", 32, false}, Row{DType::Float16, "f16", 16, false}, Row{DType::Int4, "i4", 4, true},
    Row{DType::Int8, "i8", 8, true},       Row{DType::UInt8, "u8", 8, true},      Row{DType::Int16, "i16", 16, true},
    Row{DType::Int32, "i32", 32, true},    Row{DType::Int64, "i64", 64, true},    Row{DType::Bool, "bool", 8, false},
};

const Row& row(DType dtype) {
  const auto index = static_cast<std::size_t>(dtype);
  NETFIT_CHECK(index < kRows.size() && kRows[index].dtype == dtype);
  return kRows[index];
}

}  // namespace

std::string_view name(DType dtype) { return row(dtype).name; }

std::optional<DType> find_dtype(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

int bit_width(DType dtype) { return row(dtype).bits; }

bool is_float(DType dtype) { return dtype == DType::Float32 || dtype == DType::Float16; }

bool is_integer(DType dtype) { return row(dtype).integer; }

std::int64_t lowest(DType dtype) {
  NETFIT_CHECK(is_integer(dtype));
  if (dtype == DType::UInt8) return 0;
  return std::numeric_limits<std::int64_t>::min() >> (64 - bit_width(dtype));
}

std::int64_t highest(DType dtype) {
  NETFIT_CHECK(is_integer(dtype));
  if (dtype == DType::UInt8) return 255;
  return std::numeric_limits<std::int64_t>::max() >> (64 - bit_width(dtype));
}

std::int64_t bytes_for(DType dtype, std::int64_t count) { return (count * bit_width(dtype) + 7) / 8; }

}  // namespace netfit::tensor
