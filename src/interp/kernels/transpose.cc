// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/transpose.h"

#include "interp/kernels/affine.h"
#include "ir/ops/shape.h"

namespace netfit::interp {

Result<Step> prepare_transpose(const ir::NodeView& node) {
  if (node.input(0).dtype == DType::Int4) return no_kernel(node);
  NETFIT_TRY(expect_same_affine(node));
  std::vector<int> perm;
  for (const std::int64_t axis : node.attrs<ir::TransposeAttrs>().perm) perm.push_back(static_cast<int>(axis));
  return Step([perm](std::span<const Tensor> inputs) { return tensor::transpose(inputs[0], perm); });
}

}  // namespace netfit::interp
