// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace netfit::cli {

/// What one round of an unstructured pruning came to.
struct SparseRound {
  std::string way;  ///< "dense", "rewound", "kept"
  double sparsity = 0;
  std::optional<double> test_top1;  ///< percent
  std::int64_t dense_bytes = 0;     ///< of the weights as int8
  std::int64_t sparse_bytes = 0;    ///< the same in a sparse encoding
};

/// Accuracy over sparsity as an SVG picture, a colour for each way. Fails where this netfit draws nothing.
Result<std::string> sparsity_svg(const std::vector<SparseRound>& rounds);

}  // namespace netfit::cli
