// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/hard_sigmoid.h"

#include <algorithm>

#include "interp/kernels/pointwise.h"
#include "ir/ops/activation.h"

namespace netfit::interp {

Result<Step> prepare_hard_sigmoid(const ir::NodeView& node) {
  if (node.input(0).dtype != DType::Float32) return no_kernel(node);
  const auto& attrs = node.attrs<ir::HardSigmoidAttrs>();
  return pointwise<float>(
      [alpha = attrs.alpha, beta = attrs.beta](float x) { return std::max(0.0F, std::min(1.0F, alpha * x + beta)); });
}

}  // namespace netfit::interp
