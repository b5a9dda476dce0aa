// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "ir/graph.h"

namespace netfit::cost {

/// What is known before a run: constants, and what nodes make of constants alone, as a file of float16 weights widens
/// them. A runtime computes such nodes once, when it loads the file.
class KnownValues {
 public:
  explicit KnownValues(const ir::Graph& graph);

  bool contains(ir::ValueId id) const { return known_[static_cast<std::size_t>(id.index)]; }
  /// Whether all that the node reads is known, and so its results are.
  bool is_known(const ir::Node& node) const;

 private:
  std::vector<bool> known_;
};

}  // namespace netfit::cost
