// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "ir/op_spec.h"

namespace netfit::passes {

/// y[c] = factor[c] * x[c] + shift[c].
struct Affine {
  std::vector<double> factor;
  std::vector<double> shift;
};

/// What a batch_norm with constant statistics computes; no value if it has none, or if a figure is not finite.
std::optional<Affine> affine_of_batch_norm(const ir::NodeView& node);

}  // namespace netfit::passes
