// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#include "exec/step.h"

namespace netfit::exec {

/// Copies bytes, turning i8 into its unsigned storage or back: the highest bit of each is flipped.
void copy_flipped(const std::byte* source, std::byte* target, std::int64_t count);

/// Whether a value's bytes differ between a tensor and a program's buffer.
inline bool is_flipped(DType dtype, ByteStorage storage) {
  return dtype == DType::Int8 && storage == ByteStorage::Unsigned;
}

/// Bytes of one sample of a value.
inline std::int64_t sample_bytes(const ir::Value& value) {
  return tensor::bytes_for(value.dtype, value.shape.element_count());
}

}  // namespace netfit::exec
