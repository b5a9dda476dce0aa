// SPDX-License-Identifier: Apache-2.0
#include "ir/uses.h"

namespace netfit::ir {

Uses::Uses(const Graph& graph)
    : producers_(graph.value_id_limit()),
      begins_(graph.value_id_limit() + 1, 0),
      outputs_(graph.value_id_limit(), false) {
  const auto index = [](ValueId value) { return static_cast<std::size_t>(value.index); };
  for (const NodeId id : graph.order()) {
    for (const ValueId output : graph.node(id).outputs) producers_[index(output)] = id;
    for (const ValueId input : graph.node(id).inputs) {
      if (input.valid()) ++begins_[index(input) + 1];
    }
  }
  for (std::size_t i = 1; i < begins_.size(); ++i) begins_[i] += begins_[i - 1];
  readers_.resize(begins_.back());
  std::vector<std::size_t> next(begins_.begin(), begins_.end() - 1);
  for (const NodeId id : graph.order()) {
    for (const ValueId input : graph.node(id).inputs) {
      if (input.valid()) readers_[next[index(input)]++] = id;
    }
  }
  for (const GraphOutput& output : graph.outputs) outputs_[index(output.value)] = true;
}

NodeId Uses::producer(ValueId value) const {
  return knows(value) ? producers_[static_cast<std::size_t>(value.index)] : NodeId{};
}

std::span<const NodeId> Uses::readers(ValueId value) const {
  if (!knows(value)) return {};
  const auto at = static_cast<std::size_t>(value.index);
  return std::span(readers_).subspan(begins_[at], begins_[at + 1] - begins_[at]);
}

bool Uses::is_output(ValueId value) const { return knows(value) && outputs_[static_cast<std::size_t>(value.index)]; }

bool Uses::has_single_reader(ValueId value) const { return readers(value).size() == 1 && !is_output(value); }

}  // namespace netfit::ir
