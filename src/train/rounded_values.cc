// SPDX-License-Identifier: Apache-2.0
#include "train/rounded_values.h"

#include <numeric>

#include "base/check.h"
#include "ir/ops.h"
#include "passes/pipelines.h"

namespace netfit::train {
namespace {

/// Ranges under construction: those that turn out to be one are joined, as `quant` joins values of one grid.
class Ranges {
 public:
  int add() {
    parents_.push_back(static_cast<int>(parents_.size()));
    return parents_.back();
  }
  void join(int a, int b) { parents_[static_cast<std::size_t>(root(b))] = root(a); }

  /// New numbers without gaps, by old one; how many there are.
  std::pair<std::vector<int>, std::int64_t> numbered() const {
    std::vector<int> numbers(parents_.size(), Rounded::kNowhere);
    int next = 0;
    for (std::size_t i = 0; i < parents_.size(); ++i) {
      int& number = numbers[static_cast<std::size_t>(root(static_cast<int>(i)))];
      if (number == Rounded::kNowhere) number = next++;
      numbers[i] = number;
    }
    return {std::move(numbers), next};
  }

 private:
  int root(int range) const {
    while (parents_[static_cast<std::size_t>(range)] != range) range = parents_[static_cast<std::size_t>(range)];
    return range;
  }

  std::vector<int> parents_;
};

}  // namespace

RoundedValues find_rounded(const ir::Graph& graph) {
  ir::Graph integer = graph;
  const bool optimized = passes::optimize(integer).has_value();
  NETFIT_CHECK(optimized);
  RoundedValues result;
  result.values.resize(static_cast<std::size_t>(graph.values().back().index) + 1);
  const auto at = [&](ir::ValueId id) -> Rounded& { return result.values.at(static_cast<std::size_t>(id.index)); };
  Ranges ranges;
  at(integer.inputs.front().value) = {.range = ranges.add(), .rounds = true};
  for (const ir::NodeId id : integer.order()) {
    const ir::Node& node = integer.node(id);
    const ir::OpSpec& op = *node.op;
    Rounded& value = at(node.outputs.front());
    if (op.integer == ir::IntegerForm::None) continue;
    if (op.quant == ir::QuantRule::Unit) {
      value = {.rounds = true, .unit = true};
    } else if (op.quant == ir::QuantRule::Free) {
      value = {.range = ranges.add(), .rounds = true};
    } else {
      value = at(node.inputs.front());
      value.rounds = &op == &ir::kAveragePool2d;  // the others only move or choose elements
      for (const ir::ValueId other : node.inputs) {
        const bool joins = other.valid() && at(other).range != Rounded::kNowhere && value.range != Rounded::kNowhere;
        if (joins) ranges.join(value.range, at(other).range);
      }
    }
  }
  const auto [numbers, count] = ranges.numbered();
  for (Rounded& value : result.values) {
    if (value.range != Rounded::kNowhere) value.range = numbers[static_cast<std::size_t>(value.range)];
  }
  result.ranges = count;
  return result;
}

}  // namespace netfit::train
