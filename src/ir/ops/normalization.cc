// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/normalization.h"

#include <cmath>

#include <fmt/format.h>

namespace netfit::ir {
namespace {

Result<TensorType> infer_batch_norm(const NodeView& node) {
  const Value& x = node.input(0);
  if (x.shape.rank() < 2) return bad_input(fmt::format("data {} has no channels", to_string(x.shape)));
  const float epsilon = node.attrs<BatchNormAttrs>().epsilon;
  if (!(epsilon >= 0) || !std::isfinite(epsilon))
    return bad_input(fmt::format("epsilon {} is not in [0, inf)", epsilon));
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (node.input(i).dtype != DType::Float32) {
      return bad_input(fmt::format("input {} has type {}, batch_norm computes in f32", i, name(node.input(i).dtype)));
    }
    if (i > 0 && node.input(i).shape != Shape{x.shape.dim(-1)}) {
      return bad_input(fmt::format("input {} has shape {}, but there are {} channels", i,
                                   to_string(node.input(i).shape), x.shape.dim(-1)));
    }
  }
  return TensorType{x.dtype, x.shape};
}

}  // namespace

constinit const OpSpec kBatchNorm{
    .name = "batch_norm",
    .summary = "batch normalization with fixed statistics",
    .inputs = {5, 5},
    .codec = kCodec<BatchNormAttrs>,
    .infer = &infer_batch_norm,
};

}  // namespace netfit::ir
