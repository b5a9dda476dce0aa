// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "base/result.h"
#include "ir/op_spec.h"
#include "tensor/tensor.h"

namespace netfit::interp {

/// One node made ready: all that follows from its attributes, types and constants is computed, what is left is the
/// data. Takes the node's inputs in order (an absent optional one as an empty tensor) and gives its result. Pure, so
/// several threads may call it at once.
using Step = std::function<Tensor(std::span<const Tensor> inputs)>;

/// How one op is computed: a row of the table.
struct Kernel {
  const ir::OpSpec* op;
  /// Fails if the op cannot be computed in the node's types or quantization, saying why.
  Result<Step> (*prepare)(const ir::NodeView& node);
};

/// One kernel for every op of the op table, sorted by name.
std::span<const Kernel> kernel_table();

/// The step of any node.
Result<Step> prepare(const ir::NodeView& node);

/// What a kernel answers for types that it does not compute in: "no kernel for conv2d on u8".
base::Failure no_kernel(const ir::NodeView& node);

/// Calls `prepare` with a value of the data's type; fails for types other than f32, i8 and i16.
template <typename Prepare>
Result<Step> prepare_by_type(const ir::NodeView& node, const Prepare& prepare) {
  switch (node.input(0).dtype) {
    case DType::Float32:
      return prepare(float{});
    case DType::Int8:
      return prepare(std::int8_t{});
    case DType::Int16:
      return prepare(std::int16_t{});
    default:
      return no_kernel(node);
  }
}

}  // namespace netfit::interp
