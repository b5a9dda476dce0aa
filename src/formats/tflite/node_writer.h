// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "formats/tflite/file_builder.h"
#include "formats/tflite/op_versions.h"
#include "ir/op_spec.h"
#include "ir/ops/shape.h"

namespace netfit::formats::tflite {

/// The tensors of the file that values of a graph have become.
class TensorMap {
 public:
  TensorMap(const ir::Graph& graph, FileBuilder& builder);

  /// The tensor of a value, which is added when it is asked for first.
  std::int32_t operator[](ir::ValueId id);
  /// Gives the value's tensor other parameters than the graph has; only before it is asked for.
  void set_quant(ir::ValueId id, QuantParams quant) { quants_.insert_or_assign(id, std::move(quant)); }
  bool contains(ir::ValueId id) const { return tensors_.contains(id); }

 private:
  const ir::Graph& graph_;
  FileBuilder& builder_;
  /// Depend on an input, so they have a batch.
  std::unordered_set<ir::ValueId> varying_;
  std::unordered_map<ir::ValueId, std::int32_t> tensors_;
  std::unordered_map<ir::ValueId, QuantParams> quants_;
};

struct Options {
  schema::BuiltinOptions type = schema::BuiltinOptions::NONE;
  flatbuffers::Offset<void> table;
};

/// One node while it becomes operators.
class NodeWriter {
 public:
  NodeWriter(const ir::Graph& graph, ir::NodeId id, FileBuilder& builder, TensorMap& tensors)
      : view_(graph, graph.node(id)), builder_(builder), tensors_(tensors) {}

  const ir::NodeView& view() const { return view_; }
  flatbuffers::FlatBufferBuilder& flatbuffer() { return builder_.flatbuffer(); }
  FileBuilder& builder() { return builder_; }
  TensorMap& tensors() { return tensors_; }

  /// The tensor of input `i`.
  std::int32_t input(std::size_t i) { return tensors_[view_.node().inputs[i]]; }
  /// The tensors of all inputs that there are.
  std::vector<std::int32_t> inputs();
  /// A list of integers that belongs to the node, named after it.
  std::int32_t integers(std::string_view what, const std::vector<std::int64_t>& elements);
  std::int32_t integers(std::string_view what, const std::vector<std::int64_t>& elements, Shape shape);

  /// Adds the operator that gives the node's result.
  void emit(schema::BuiltinOperator code, std::vector<std::int32_t> inputs, Options options, OperatorTraits traits);
  void emit(schema::BuiltinOperator code, std::vector<std::int32_t> inputs, Options options = {});

  /// Adds an operator that pads `data`, which is like the node's first input, into
  /// the tensor `result`.
  void emit_pad(std::int32_t data, std::int32_t result, const ir::PadAttrs& attrs);
  /// Pads the node's first input, an image, into a tensor of its own, which is given.
  std::int32_t emit_padded_input(const ir::Padding2d& padding, float value);

  /// What the version depends on, as far as it follows from types and shapes.
  OperatorTraits traits() const;

 private:
  ir::NodeView view_;
  FileBuilder& builder_;
  TensorMap& tensors_;
};

/// The table of an options type, as an operator's options.
template <typename T>
Options as_options(flatbuffers::Offset<T> table) {
  return {schema::BuiltinOptionsTraits<T>::enum_value, table.Union()};
}

/// Adds the operators of the node. Fails if TensorFlow Lite has none for it.
Result<void> write_node(NodeWriter& writer);

}  // namespace netfit::formats::tflite
