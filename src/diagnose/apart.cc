// SPDX-License-Identifier: Apache-2.0
#include "diagnose/apart.h"

#include <algorithm>
#include <unordered_map>

#include "ir/op_spec.h"
#include "ir/ops/requantize.h"
#include "passes/eliminate_dead_nodes.h"

namespace netfit::diagnose {
namespace {

class Separator {
 public:
  Separator(const ir::Graph& graph, const std::unordered_set<ir::ValueId>& known)
      : original_(graph), known_(known), result_{.graph = graph} {
    result_.graph.inputs.clear();
    result_.graph.outputs.clear();
  }

  Result<Apart> separate() {
    for (const ir::NodeId id : original_.order()) {
      if (!is_known(original_.node(id))) continue;
      for (ir::ValueId& input : result_.graph.node(id).inputs) {
        if (input.valid() && !original_.value(input).is_constant()) input = given(input);
      }
      const ir::ValueId output = original_.node(id).outputs.front();
      result_.graph.outputs.push_back({.value = output});
      result_.outputs.push_back(output);
    }
    NETFIT_TRY(passes::eliminate_dead_nodes(result_.graph));
    for (const ir::GraphInput& input : original_.inputs) {
      if (result_.graph.contains(input.value)) result_.graph.erase_value(input.value);
    }
    return std::move(result_);
  }

 private:
  bool is_known(const ir::Node& node) const {
    const auto given_or_constant = [&](ir::ValueId id) {
      return !id.valid() || known_.contains(id) || original_.value(id).is_constant();
    };
    return std::ranges::all_of(node.inputs, given_or_constant) && known_.contains(node.outputs.front());
  }

  // What nodes read in the place of `value`: an input of the graph, in the type of `value`.
  ir::ValueId given(ir::ValueId value) {
    const auto found = given_.find(value);
    if (found != given_.end()) return found->second;
    ir::Graph& graph = result_.graph;
    const ir::Value& stored = original_.value(value);
    ir::Value reals{.name = stored.name + "_given", .dtype = DType::Float32, .shape = stored.shape};
    ir::ValueId source = graph.add_value(reals);
    graph.inputs.push_back({.value = source});
    result_.inputs.push_back(value);
    if (stored.dtype != DType::Float32) {
      ir::Value copy = stored;
      copy.name += "_stored";
      const ir::ValueId integers = graph.add_value(copy);
      graph.insert_node(graph.order().front(), {.name = copy.name,
                                                .op = &ir::kRequantize,
                                                .attrs = ir::Attrs::of(ir::RequantizeAttrs{stored.dtype}),
                                                .inputs = {source},
                                                .outputs = {integers}});
      source = integers;
    }
    given_.emplace(value, source);
    return source;
  }

  const ir::Graph& original_;
  const std::unordered_set<ir::ValueId>& known_;
  Apart result_;
  std::unordered_map<ir::ValueId, ir::ValueId> given_;
};

}  // namespace

Result<Apart> take_apart(const ir::Graph& graph, const std::unordered_set<ir::ValueId>& known) {
  return Separator(graph, known).separate();
}

}  // namespace netfit::diagnose
