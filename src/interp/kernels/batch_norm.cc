// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/batch_norm.h"

#include <cmath>

#include "ir/ops/normalization.h"

namespace netfit::interp {

Result<Step> prepare_batch_norm(const ir::NodeView& node) {
  if (node.input(0).dtype != DType::Float32) return no_kernel(node);
  const float epsilon = node.attrs<ir::BatchNormAttrs>().epsilon;
  return Step([=](std::span<const Tensor> inputs) {
    const std::span<const float> scale = inputs[1].data<float>();
    const std::span<const float> shift = inputs[2].data<float>();
    const std::span<const float> mean = inputs[3].data<float>();
    const std::span<const float> variance = inputs[4].data<float>();
    std::vector<float> factors;
    for (std::size_t c = 0; c < scale.size(); ++c) factors.push_back(scale[c] / std::sqrt(variance[c] + epsilon));

    Tensor result = inputs[0];
    const std::span<float> out = result.mutable_data<float>();
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::size_t c = i % factors.size();
      out[i] = (out[i] - mean[c]) * factors[c] + shift[c];
    }
    return result;
  });
}

}  // namespace netfit::interp
