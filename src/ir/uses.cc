// SPDX-License-Identifier: Apache-2.0
#include "ir/uses.h"

namespace netfit::ir {

Uses::Uses(const Graph& graph) {
  for (const NodeId id : graph.order()) {
    for (const ValueId output : graph.node(id).outputs) producers_[output] = id;
    for (const ValueId input : graph.node(id).inputs) {
      if (input.valid()) readers_[input].push_back(id);
    }
  }
  for (const GraphOutput& output : graph.outputs) outputs_[output.value] = true;
}

NodeId Uses::producer(ValueId value) const {
  const auto found = producers_.find(value);
  return found == producers_.end() ? NodeId{} : found->second;
}

const std::vector<NodeId>& Uses::readers(ValueId value) const {
  static const std::vector<NodeId> kNone;
  const auto found = readers_.find(value);
  return found == readers_.end() ? kNone : found->second;
}

bool Uses::is_output(ValueId value) const { return outputs_.contains(value); }

bool Uses::has_single_reader(ValueId value) const { return readers(value).size() == 1 && !is_output(value); }

}  // namespace netfit::ir
