// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "select/recommend.h"

namespace netfit::select {

/// A question about one limit, or an answer. Nodes lie in DecisionTree::nodes, the root first.
struct TreeNode {
  // A question, "does your limit on `limited` allow `threshold`?", if `yes` is not 0.
  Limited limited = Limited::PeakRam;
  double threshold = 0.0;
  std::size_t yes = 0;
  std::size_t no = 0;

  // An answer: the choice; or, without one, nothing fits; or the tree was cut here, with that many left to choose from.
  std::optional<Option> choice;
  std::size_t undecided = 0;
};

struct DecisionTree {
  std::vector<TreeNode> nodes;
};

struct TreeOptions {
  /// The limits that are asked about; all others are as in the request.
  std::vector<Limited> asked{Limited::PeakRam, Limited::Flash, Limited::Latency, Limited::Top1};
  /// Where the tree is cut, so that it can be read.
  std::size_t max_nodes = 200;
};

/// Which limits lead to which choice. Where it is not cut, its answer is recommend's for every value of the limits.
Result<DecisionTree> decision_tree(std::span<const Option> options, const Request& request,
                                   const TreeOptions& tree = {});

/// Follows the tree; a limit that is not among `limits` allows everything.
const TreeNode& answer_of(const DecisionTree& tree, std::span<const Limit> limits);

/// One line a node, indented by depth.
std::string print(const DecisionTree& tree);

}  // namespace netfit::select
