// SPDX-License-Identifier: Apache-2.0
#include "passes/wiring.h"

#include <algorithm>

#include "base/check.h"

namespace netfit::passes {

using ir::NodeId;
using ir::ValueId;

Wiring::Wiring(ir::Graph& graph) : graph_(graph) {
  for (const ValueId id : graph.values()) edge(id);
  for (const NodeId id : graph.order()) {
    for (const ValueId output : graph.node(id).outputs) edge(output).producer = id;
    for (const ValueId input : graph.node(id).inputs) {
      if (input.valid()) edge(input).readers.push_back(id);
    }
  }
  for (const ir::GraphInput& input : graph.inputs) edge(input.value).is_input = true;
  for (const ir::GraphOutput& output : graph.outputs) ++edge(output.value).outputs;
}

Wiring::Edge& Wiring::edge(ValueId value) {
  const auto index = static_cast<std::size_t>(value.index);
  if (index >= edges_.size()) edges_.resize(index + 1);
  return edges_[index];
}

NodeId Wiring::producer_of_kind(ValueId value, const ir::OpSpec& op) const {
  const NodeId id = value.valid() ? producer(value) : NodeId{};
  return id.valid() && graph_.node(id).op == &op ? id : NodeId{};
}

void Wiring::drop_reader(ValueId value, NodeId reader) {
  if (!value.valid()) return;
  std::vector<NodeId>& readers = edge(value).readers;
  const auto place = std::ranges::find(readers, reader);
  NETFIT_CHECK(place != readers.end());
  readers.erase(place);
}

void Wiring::set_input(NodeId node, std::size_t i, ValueId value) {
  std::vector<ValueId>& inputs = graph_.node(node).inputs;
  if (inputs.size() <= i) inputs.resize(i + 1);
  drop_reader(inputs[i], node);
  inputs[i] = value;
  if (value.valid()) edge(value).readers.push_back(node);
}

void Wiring::set_inputs(NodeId node, std::vector<ValueId> values) {
  for (const ValueId old : graph_.node(node).inputs) drop_reader(old, node);
  for (const ValueId value : values) {
    if (value.valid()) edge(value).readers.push_back(node);
  }
  graph_.node(node).inputs = std::move(values);
}

ValueId Wiring::detach_result(NodeId node, ir::Value value) {
  const ValueId fresh = graph_.add_value(std::move(value));
  edge(graph_.node(node).outputs.front()).producer = NodeId{};
  edge(fresh).producer = node;
  graph_.node(node).outputs = {fresh};
  return fresh;
}

ValueId Wiring::replace_input(ir::GraphInput& input, ir::Value value) {
  const ValueId fresh = graph_.add_value(std::move(value));
  edge(input.value).is_input = false;
  edge(fresh).is_input = true;
  input.value = fresh;
  return fresh;
}

NodeId Wiring::insert(NodeId before, ir::Node node) {
  const NodeId id = before.valid() ? graph_.insert_node(before, std::move(node)) : graph_.add_node(std::move(node));
  for (const ValueId input : graph_.node(id).inputs) {
    if (input.valid()) edge(input).readers.push_back(id);
  }
  for (const ValueId output : graph_.node(id).outputs) {
    NETFIT_CHECK(!edge(output).producer.valid());
    edge(output).producer = id;
  }
  return id;
}

ValueId Wiring::add_constant(std::string name, Tensor tensor, std::optional<QuantParams> quant) {
  const ValueId id = graph_.add_constant(std::move(name), std::move(tensor), std::move(quant));
  edge(id);
  return id;
}

void Wiring::swallow(NodeId producer, NodeId reader) {
  const ValueId between = graph_.node(producer).outputs.front();
  const ValueId result = graph_.node(reader).outputs.front();
  for (const ValueId input : graph_.node(reader).inputs) drop_reader(input, reader);
  NETFIT_CHECK(is_unused(between));
  graph_.erase_node(reader);
  graph_.node(producer).outputs = {result};
  edge(result).producer = producer;
  edge(between).producer = NodeId{};
  graph_.erase_value(between);
}

bool Wiring::move_output(ValueId from, ValueId to) {
  if (is_output(to) || is_input(to) || graph_.value(to).is_constant()) return false;
  // The name of an output is part of the graph's contract; what was called `to` goes by it from now on.
  const std::string name = graph_.value(from).name;
  graph_.rename(from, graph_.value(to).name);
  graph_.rename(to, name);
  for (ir::GraphOutput& output : graph_.outputs) {
    if (output.value == from) output.value = to;
  }
  edge(to).outputs = edge(from).outputs;
  edge(from).outputs = 0;
  return true;
}

bool Wiring::replace(ValueId from, ValueId to) {
  if (from == to || (is_output(from) && !move_output(from, to))) return false;
  for (const NodeId reader : edge(from).readers) {
    std::ranges::replace(graph_.node(reader).inputs, from, to);
    edge(to).readers.push_back(reader);
  }
  edge(from).readers.clear();
  return true;
}

void Wiring::become_constant(NodeId node, Tensor elements) {
  for (const ValueId input : graph_.node(node).inputs) drop_reader(input, node);
  const ValueId result = graph_.node(node).outputs.front();
  graph_.erase_node(node);
  edge(result).producer = NodeId{};
  graph_.value(result).constant = std::move(elements);
}

void Wiring::erase(NodeId node) {
  for (const ValueId input : graph_.node(node).inputs) drop_reader(input, node);
  const std::vector<ValueId> outputs = graph_.node(node).outputs;
  graph_.erase_node(node);
  for (const ValueId output : outputs) {
    NETFIT_CHECK(is_unused(output));
    edge(output).producer = NodeId{};
    graph_.erase_value(output);
  }
}

}  // namespace netfit::passes
