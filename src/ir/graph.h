// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ir/attrs.h"
#include "ir/ids.h"
#include "ir/preprocessing.h"
#include "tensor/quant_params.h"
#include "tensor/tensor.h"

namespace netfit::ir {

struct OpSpec;

/// The reals from low to high.
struct Interval {
  float low = 0.0F;
  float high = 0.0F;

  friend bool operator==(const Interval&, const Interval&) = default;
};

/// An edge: a tensor with a name, a type, and, where its integers stand for reals, their quantization. A constant
/// carries its elements.
struct Value {
  std::string name;
  DType dtype = DType::Float32;
  Shape shape;
  std::optional<QuantParams> quant;
  std::optional<Tensor> constant;
  /// What the integers of a float activation are to cover, as quantization-aware training has settled it.
  std::optional<Interval> range;

  bool is_constant() const { return constant.has_value(); }
};

/// One application of an op. An absent optional input is an invalid id.
struct Node {
  std::string name;
  const OpSpec* op = nullptr;
  Attrs attrs;
  std::vector<ValueId> inputs;
  std::vector<ValueId> outputs;
};

struct GraphInput {
  ValueId value;
  Layout layout = Layout::ChannelsLast;
  std::optional<Preprocessing> preprocessing;
};

struct GraphOutput {
  ValueId value;
  Layout layout = Layout::ChannelsLast;
};

/// Whether the constants of a graph mean anything. A file or a name that gives structure alone makes a graph whose
/// constants have shapes and are all zero: it can be costed, not run, quantized or written.
enum class Weights : std::uint8_t { Present, Absent };

/// A network after import: nodes in topological order over values with known shape and type, channels-last, batch 1
/// (docs/ir.md lists the rules; verifier.h checks them). Executors may run several samples at once; the graph does not
/// know. Copying a graph shares all constants.
class Graph {
 public:
  std::string name = "main";
  std::vector<GraphInput> inputs;
  std::vector<GraphOutput> outputs;
  std::vector<std::string> class_names;
  Weights weights = Weights::Present;

  /// Adds a value; a name that is taken or empty gets a number behind it.
  ValueId add_value(Value value);
  ValueId add_constant(std::string name, Tensor tensor, std::optional<QuantParams> quant = std::nullopt);

  /// Adds a node behind all others, or before the node `before`. Its inputs must exist.
  NodeId add_node(Node node);
  NodeId insert_node(NodeId before, Node node);
  void erase_node(NodeId id);

  const Value& value(ValueId id) const;
  Value& value(ValueId id);
  const Node& node(NodeId id) const;
  Node& node(NodeId id);

  /// Nodes in topological order.
  std::span<const NodeId> order() const { return order_; }
  /// All values that exist, by id; a removed one is skipped.
  std::vector<ValueId> values() const;
  /// Every id of a value, removed ones too, is below it: the size of a table by value.
  std::size_t value_id_limit() const { return values_.size(); }
  bool contains(ValueId id) const;
  bool contains(NodeId id) const;

  /// Every node input and graph output that names `from` names `to` instead.
  void replace_uses(ValueId from, ValueId to);
  /// Removes a value that nothing refers to any more.
  void erase_value(ValueId id);
  void rename(ValueId id, std::string name);
  std::optional<ValueId> find_value(std::string_view name) const;

  std::int64_t node_count() const { return std::ssize(order_); }

 private:
  std::string unique_name(std::string name);

  std::vector<std::optional<Value>> values_;
  std::vector<std::optional<Node>> nodes_;
  std::vector<NodeId> order_;
  std::unordered_set<std::string> names_;
  /// The number that a taken name gets next; never counts back, so that hostile names cost linear time in all.
  std::unordered_map<std::string, std::int64_t> next_suffix_;
};

}  // namespace netfit::ir
