// SPDX-License-Identifier: Apache-2.0
#include "passes/channels_first.h"

#include <unordered_set>
#include <vector>

#include "ir/ops/conv.h"
#include "ir/ops/normalization.h"
#include "ir/ops/pool.h"

namespace netfit::passes {

bool is_channels_first(const ir::Graph& graph, const Wiring& wiring, const ir::GraphInput& input) {
  if (input.layout != ir::Layout::ChannelsLast || graph.value(input.value).shape.rank() != 4) return false;
  bool found = false;
  std::vector<ir::ValueId> open{input.value};
  std::unordered_set<ir::ValueId> seen;
  while (!open.empty()) {
    const ir::ValueId current = open.back();
    open.pop_back();
    for (const ir::NodeId id : wiring.readers(current)) {
      const ir::NodeView node(graph, graph.node(id));
      const ir::OpSpec* op = &node.op();
      if (op == &ir::kConv2d || op == &ir::kDepthwiseConv2d || op == &ir::kMaxPool2d || op == &ir::kAveragePool2d ||
          op == &ir::kBatchNorm) {
        return false;
      }
      found = found || transposes_only(node) == kToChannelsLast;
      const ir::ValueId result = node.node().outputs.front();
      const bool passes = op->permuted != nullptr && graph.value(result).shape.rank() == 4;
      if (passes && seen.insert(result).second) open.push_back(result);
    }
  }
  return found;
}

}  // namespace netfit::passes
