// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::ir {

/// Makes the constants of one graph with Weights::Absent. They take address space only, but a few bytes of a hostile
/// file must not ask for all of it: together they have at most 2^28 elements (1 GiB of f32; VGG-16 has half of that).
class AbsentWeights {
 public:
  static constexpr std::int64_t kMost = std::int64_t{1} << 28;

  Result<Tensor> create(DType dtype, const Shape& shape);

 private:
  std::int64_t left_ = kMost;
};

/// What everything answers that would have to read the weights: fails if they are absent.
Result<void> require_weights(const Graph& graph);

}  // namespace netfit::ir
