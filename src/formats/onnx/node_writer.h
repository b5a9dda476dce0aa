// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "formats/onnx/graph_writer.h"

namespace netfit::formats::onnx {

/// One node of our graph while it is written. An operator computes on reals; what surrounds it (quantization, the
/// activation, layouts) is the same for all and done here.
class NodeWriter {
 public:
  NodeWriter(GraphWriter& writer, const ir::Node& node, ir::Layout layout)
      : writer_(writer), view_(writer.graph(), node), layout_(layout) {}

  GraphWriter& file() { return writer_; }
  const ir::NodeView& view() const { return view_; }
  /// The layout that the node computes in.
  ir::Layout layout() const { return layout_; }
  ir::ValueId input(std::size_t i) const { return view_.node().inputs.at(i); }

  /// Data input `i` as reals, in the node's layout.
  std::string data(std::size_t i) const;
  /// The node under its own name; it is the one that finish() builds on.
  proto::Node& add(std::string_view op_type, const std::vector<std::string>& inputs);
  /// A node between the inputs and the main one; gives its result.
  proto::Node& add_step(std::string_view op_type, const std::vector<std::string>& inputs, std::string_view suffix);

  /// Writes the activation and the quantization behind the main node.
  void finish(ir::Activation activation = ir::Activation::None);
  /// Clip or Relu from one tensor to another.
  void add_activation(ir::Activation activation, const std::string& source, const std::string& target);

 private:
  GraphWriter& writer_;
  ir::NodeView view_;
  ir::Layout layout_;
  proto::Node* main_ = nullptr;
};

}  // namespace netfit::formats::onnx
