// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "formats/onnx/import_state.h"
#include "ir/op_spec.h"

namespace netfit::formats::onnx {

/// One node of the file while it is read: its attributes and inputs, checked, and the way to add its equivalent to the
/// graph.
class NodeReader {
 public:
  NodeReader(ImportState& state, int index) : state_(state), index_(index) {}

  const proto::Node& proto() const { return state_.model.graph().node(index_); }
  int opset() const { return state_.model.opset; }
  ImportState& state() { return state_; }

  // Attributes: the value, the default if there is none, a failure if it has another type.
  Result<std::int64_t> integer(std::string_view name, std::int64_t fallback) const;
  Result<float> number(std::string_view name, float fallback) const;
  Result<std::string> word(std::string_view name, std::string fallback) const;
  Result<std::optional<std::vector<std::int64_t>>> integers(std::string_view name) const;
  const proto::Attribute* find_attribute(std::string_view name) const;
  /// Fails if the attribute is there with another value than `allowed`.
  Result<void> expect_integer(std::string_view name, std::int64_t allowed) const;

  // Inputs. An optional one is absent if its name is empty or cut off the list.
  std::size_t input_count() const { return static_cast<std::size_t>(proto().input_size()); }
  bool has_input(std::size_t i) const { return i < input_count() && !input_name(i).empty(); }
  const std::string& input_name(std::size_t i) const { return proto().input(static_cast<int>(i)); }
  const Operand& operand(std::size_t i) const { return state_.operands.at(input_name(i)); }
  /// Fails unless there are at least `least` inputs, none of them absent.
  Result<void> expect_inputs(std::size_t least) const;
  bool all_constant() const;

  /// The input if it is a constant, else nullptr. `i` may be absent.
  const Constant* constant(std::size_t i) const;
  Result<const Constant*> expect_constant(std::size_t i, std::string_view what) const;
  /// A constant list of whole numbers.
  Result<std::vector<std::int64_t>> constant_integers(std::size_t i, std::string_view what) const;
  /// A constant that is one number; no value if the input is absent.
  Result<std::optional<double>> constant_number(std::size_t i, std::string_view what) const;
  /// What newer opsets take as input `i` and older ones as an attribute; no value if neither is there.
  Result<std::optional<std::vector<std::int64_t>>> input_or_attribute(std::size_t i, std::string_view name) const;

  /// The input as a value of the graph; a constant becomes one.
  Result<ir::ValueId> data(std::size_t i);
  /// A constant input as a value of the graph, changed by `make`; `form` names the change.
  using Reform = std::function<Result<Constant>(const Constant&)>;
  Result<ir::ValueId> parameter(std::size_t i, std::string_view form, const Reform& make);
  const Shape& shape(ir::ValueId value) const { return state_.graph.value(value).shape; }
  /// Of a data input, constant or not.
  const Shape& input_shape(std::size_t i) const;

  /// Adds a node between the inputs and the result of this one, named with `suffix`.
  Result<ir::ValueId> add(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs,
                          std::string_view suffix);
  /// Adds the node that this one is; its result is output 0.
  Result<void> finish(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs);
  /// The same for an op that works channels-last; `inputs` are so already, the result is brought back.
  Result<void> finish_channels_last(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs);
  /// [n,c,...] as [n,...,c].
  Result<ir::ValueId> channels_last(ir::ValueId value);
  /// A constant as a value of the graph that does not come from the file.
  ir::ValueId add_constant(Tensor tensor, std::string_view suffix);

  /// Output 0 is this value, or this constant.
  Result<void> bind(ir::ValueId value);
  void bind(Constant constant);
  /// Output 0 is the first input.
  Result<void> forward();

  /// Takes that many elements from what folding may make.
  Result<void> spend(std::int64_t elements);
  /// What the node's parts are named after: the node's name, or its output's.
  const std::string& name() const;

 private:
  Result<ir::ValueId> add_named(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs,
                                std::string value_name, std::string node_name);
  Result<const proto::Attribute*> attribute(std::string_view name, int type) const;

  ImportState& state_;
  int index_;
};

}  // namespace netfit::formats::onnx
