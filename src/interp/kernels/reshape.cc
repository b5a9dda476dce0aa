// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/reshape.h"

#include "interp/kernels/affine.h"

namespace netfit::interp {

Result<Step> prepare_reshape(const ir::NodeView& node) {
  NETFIT_TRY(expect_same_affine(node));
  return Step([shape = node.output().shape](std::span<const Tensor> inputs) { return inputs[0].reshaped(shape); });
}

}  // namespace netfit::interp
