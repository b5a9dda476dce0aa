// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "data/dataset.h"
#include "ir/graph.h"

namespace netfit::cli {

struct TensorSide {
  ir::Graph graph;
  std::optional<ir::Preprocessing> preprocessing;
};

/// How far one tensor of b lies from the tensor of the same name in a, both as real numbers.
struct TensorDifference {
  std::string name;
  double sqnr_db = 0.0;  ///< 10 log10(sum a^2 / sum (a - b)^2); infinite when equal
  double largest_difference = 0.0;
};

/// Runs both graphs in the interpreter on the first `count` samples and compares every activation whose name and shape
/// both have; worst SQNR first.
Result<std::vector<TensorDifference>> compare_tensors(const TensorSide& a, const TensorSide& b,
                                                      const data::Dataset& dataset, std::int64_t count,
                                                      Progress& progress);

}  // namespace netfit::cli
