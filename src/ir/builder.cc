// SPDX-License-Identifier: Apache-2.0
#include "ir/builder.h"

#include <fmt/format.h>

namespace netfit::ir {

Result<TensorType> infer_type(const Graph& graph, const Node& node) {
  const OpSpec& op = *node.op;
  const auto count = static_cast<int>(node.inputs.size());
  if (count < op.inputs.least || count > op.inputs.most) {
    return bad_input(
        fmt::format("{} takes {} to {} inputs, but has {}", op.name, op.inputs.least, op.inputs.most, count));
  }
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const bool optional = static_cast<int>(i) >= op.inputs.least;
    if (!graph.contains(node.inputs[i]) && !(optional && !node.inputs[i].valid())) {
      return bad_input(fmt::format("input {} of {} is missing", i, op.name));
    }
  }
  return op.infer(NodeView(graph, node));
}

Result<ValueId> Builder::add(const OpSpec& op, std::vector<ValueId> inputs, Attrs attrs, std::string name) {
  return insert(NodeId{}, op, std::move(inputs), std::move(attrs), std::move(name));
}

Result<ValueId> Builder::insert(NodeId before, const OpSpec& op, std::vector<ValueId> inputs, Attrs attrs,
                                std::string name) {
  if (attrs.empty()) attrs = NETFIT_TRY(op.codec.parse({}));
  Node node{.name = name, .op = &op, .attrs = std::move(attrs), .inputs = std::move(inputs), .outputs = {}};
  const TensorType type = NETFIT_TRY(located(infer_type(graph_, node), fmt::format("{} '{}'", op.name, name)));
  const ValueId result = graph_.add_value({.name = std::move(name), .dtype = type.dtype, .shape = type.shape});
  node.outputs = {result};
  if (before.valid()) {
    graph_.insert_node(before, std::move(node));
  } else {
    graph_.add_node(std::move(node));
  }
  return result;
}

ValueId Builder::input(std::string name, DType dtype, Shape shape) {
  const ValueId id = graph_.add_value({.name = std::move(name), .dtype = dtype, .shape = std::move(shape)});
  graph_.inputs.push_back({.value = id});
  return id;
}

}  // namespace netfit::ir
