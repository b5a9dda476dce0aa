// SPDX-License-Identifier: Apache-2.0
#include "ir/absent_weights.h"

#include <fmt/format.h>

namespace netfit::ir {

Result<Tensor> AbsentWeights::create(DType dtype, const Shape& shape) {
  if (shape.element_count() > left_) {
    return bad_input(fmt::format("the constants have more than {} elements in all", kMost));
  }
  left_ -= shape.element_count();
  return Tensor(dtype, shape);
}

Result<void> require_weights(const Graph& graph) {
  if (graph.weights == Weights::Present) return {};
  return bad_input("has no weights: only its structure is known, which can be inspected and estimated");
}

}  // namespace netfit::ir
