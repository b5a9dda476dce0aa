// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exec/bytes.h"
#include "exec/step.h"

namespace netfit::exec::kernels {

/// An input of a node wherever it lies: a buffer, or a constant of the graph brought into the form of a buffer.
class Operand {
 public:
  Operand(const ir::Value& value, ByteStorage storage) {
    if (!value.is_constant()) return;
    constant_ = *value.constant;
    if (!is_flipped(value.dtype, storage)) return;
    const Tensor original = constant_;
    copy_flipped(original.bytes().data(), constant_.mutable_bytes().data(), original.byte_count());
  }

  /// `buffer` is null for a constant.
  void bind(const std::byte* buffer) { address_ = buffer != nullptr ? buffer : constant_.bytes().data(); }

  template <typename T>
  const T* data() const {
    return reinterpret_cast<const T*>(address_);
  }

 private:
  Tensor constant_;
  const std::byte* address_ = nullptr;
};

}  // namespace netfit::exec::kernels
