// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "ir/attr_codec.h"
#include "ir/graph.h"

namespace netfit::ir {

/// A node with the graph that it lies in: what anything that reads nodes works on.
class NodeView {
 public:
  NodeView(const Graph& graph, const Node& node) : graph_(graph), node_(node) {}

  const Graph& graph() const { return graph_; }
  const Node& node() const { return node_; }
  const OpSpec& op() const { return *node_.op; }
  std::size_t input_count() const { return node_.inputs.size(); }
  /// An optional input may be cut off the list or hold an invalid id.
  bool has_input(std::size_t i) const { return i < node_.inputs.size() && node_.inputs[i].valid(); }
  const Value& input(std::size_t i) const { return graph_.value(node_.inputs.at(i)); }
  const Value& output(std::size_t i = 0) const { return graph_.value(node_.outputs.at(i)); }
  template <typename T>
  const T& attrs() const {
    return node_.attrs.as<T>();
  }

 private:
  const Graph& graph_;
  const Node& node_;
};

struct TensorType {
  DType dtype = DType::Float32;
  Shape shape;
};

/// How many inputs an op takes; `most` is kMany for any number.
struct Arity {
  static constexpr int kMany = 1 << 20;
  int least;
  int most;
};

/// What an op does to the quantization of its result, for integer types.
enum class QuantRule : std::uint8_t {
  Free,        ///< the result has parameters of its own
  SameAsData,  ///< every data input and the result share one pair of parameters
  Unit,        ///< the result lies in [0, 1] with parameters fixed by TFLite: i8 1/256, -128; i16 1/32768, 0
};

/// How an op computes on integers that stand for reals, as int8 files have them.
enum class IntegerForm : std::uint8_t {
  None,      ///< not at all: it stays float
  Moves,     ///< it only moves elements, so that it does the same to integers of any meaning
  Computes,  ///< a kernel of its own
  Clamps,    ///< a kernel of its own that can also clamp its result: the op has an activation attribute
};

/// One kind of operation: a row of the op table (op_table.h), and all that the rest of the program asks about it.
struct OpSpec {
  std::string_view name;
  std::string_view summary;
  Arity inputs{1, 1};
  /// Inputs from this one on are parameters (weights, bias, statistics), the ones before are data.
  int data_inputs = 1;
  QuantRule quant = QuantRule::Free;
  IntegerForm integer = IntegerForm::None;
  AttrCodec codec = kCodec<NoAttrs>;
  /// Type of the single result, or why there is none. Checks everything about the inputs that the op relies on.
  Result<TensorType> (*infer)(const NodeView& node) = nullptr;
  /// Multiply-accumulates of one sample; absent means none.
  std::int64_t (*macs)(const NodeView& node) = nullptr;
  /// The attributes of the same op on data whose axes are permuted (result axis i = source axis perm[i]), so that
  /// op(transpose(x)) = transpose(op'(x)); no value if the op does not commute with it. Absent means never.
  std::optional<Attrs> (*permuted)(const NodeView& node, std::span<const int> perm) = nullptr;
};

struct Work {
  std::int64_t macs = 0;
  std::int64_t bytes_read = 0;     ///< activations and constants
  std::int64_t bytes_written = 0;  ///< activations
};
/// What one sample costs, without caches or reuse.
Work count_work(const NodeView& node);

/// "conv2d 'stem'": how messages name a node.
std::string describe(const NodeView& node);

}  // namespace netfit::ir
