// SPDX-License-Identifier: Apache-2.0
#include "ir/graph.h"

#include <algorithm>

#include "base/check.h"

namespace netfit::ir {

ValueId Graph::add_value(Value value) {
  value.name = unique_name(std::move(value.name));
  values_.emplace_back(std::move(value));
  return {static_cast<std::int32_t>(values_.size() - 1)};
}

ValueId Graph::add_constant(std::string constant_name, Tensor tensor, std::optional<QuantParams> quant) {
  Value value{.name = std::move(constant_name), .dtype = tensor.dtype(), .shape = tensor.shape()};
  value.quant = std::move(quant);
  value.constant = std::move(tensor);
  return add_value(std::move(value));
}

NodeId Graph::add_node(Node node) {
  nodes_.emplace_back(std::move(node));
  order_.push_back({static_cast<std::int32_t>(nodes_.size() - 1)});
  return order_.back();
}

NodeId Graph::insert_node(NodeId before, Node node) {
  const auto place = std::find(order_.begin(), order_.end(), before);
  NETFIT_CHECK(place != order_.end());
  nodes_.emplace_back(std::move(node));
  const NodeId id{static_cast<std::int32_t>(nodes_.size() - 1)};
  order_.insert(place, id);
  return id;
}

void Graph::erase_node(NodeId id) {
  NETFIT_CHECK(contains(id));
  nodes_[static_cast<std::size_t>(id.index)].reset();
  order_.erase(std::find(order_.begin(), order_.end(), id));
}

const Value& Graph::value(ValueId id) const {
  NETFIT_CHECK(contains(id));
  return *values_[static_cast<std::size_t>(id.index)];
}

Value& Graph::value(ValueId id) {
  NETFIT_CHECK(contains(id));
  return *values_[static_cast<std::size_t>(id.index)];
}

const Node& Graph::node(NodeId id) const {
  NETFIT_CHECK(contains(id));
  return *nodes_[static_cast<std::size_t>(id.index)];
}

Node& Graph::node(NodeId id) {
  NETFIT_CHECK(contains(id));
  return *nodes_[static_cast<std::size_t>(id.index)];
}

std::vector<ValueId> Graph::values() const {
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (values_[i]) ids.push_back({static_cast<std::int32_t>(i)});
  }
  return ids;
}

bool Graph::contains(ValueId id) const {
  return id.valid() && static_cast<std::size_t>(id.index) < values_.size() &&
         values_[static_cast<std::size_t>(id.index)].has_value();
}

bool Graph::contains(NodeId id) const {
  return id.valid() && static_cast<std::size_t>(id.index) < nodes_.size() &&
         nodes_[static_cast<std::size_t>(id.index)].has_value();
}

void Graph::replace_uses(ValueId from, ValueId to) {
  for (const NodeId id : order_) std::ranges::replace(node(id).inputs, from, to);
  for (GraphOutput& output : outputs) {
    if (output.value == from) output.value = to;
  }
}

void Graph::erase_value(ValueId id) {
  names_.erase(value(id).name);
  values_[static_cast<std::size_t>(id.index)].reset();
}

void Graph::rename(ValueId id, std::string new_name) {
  names_.erase(value(id).name);
  std::string free_name = unique_name(std::move(new_name));
  value(id).name = std::move(free_name);
}

std::optional<ValueId> Graph::find_value(std::string_view wanted) const {
  for (const ValueId id : values()) {
    if (value(id).name == wanted) return id;
  }
  return std::nullopt;
}

std::string Graph::unique_name(std::string wanted) {
  if (wanted.empty()) wanted = "value";
  if (names_.insert(wanted).second) return wanted;
  std::int64_t& suffix = next_suffix_[wanted];
  while (true) {
    std::string free_name = wanted + "_" + std::to_string(++suffix);
    if (names_.insert(free_name).second) return free_name;
  }
}

}  // namespace netfit::ir
