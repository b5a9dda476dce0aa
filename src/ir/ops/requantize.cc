// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/requantize.h"

#include <fmt/format.h>

#include "ir/ops/infer.h"

namespace netfit::ir {
namespace {

Result<TensorType> infer_requantize(const NodeView& node) {
  for (const DType dtype : {node.input(0).dtype, node.attrs<RequantizeAttrs>().to}) {
    if (dtype != DType::Bool && dtype != DType::Int64) continue;
    return bad_input(fmt::format("{} does not hold quantized numbers", name(dtype)));
  }
  return TensorType{node.attrs<RequantizeAttrs>().to, node.input(0).shape};
}

}  // namespace

constinit const OpSpec kRequantize{
    .name = "requantize",
    .summary = "the same real numbers in another precision",
    .codec = kCodec<RequantizeAttrs>,
    .infer = &infer_requantize,
    .permuted = &keep_attrs,
};

}  // namespace netfit::ir
