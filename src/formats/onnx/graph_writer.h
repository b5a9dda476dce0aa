// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/onnx/file_layouts.h"
#include "formats/onnx/onnx.pb.h"

namespace netfit::formats::onnx {

/// Names in the format are UTF-8, those of other formats may be any bytes: what is not ASCII becomes '_'.
std::string as_ascii(std::string name);

void set_attribute(proto::Node& node, std::string_view name, std::int64_t value);
void set_attribute(proto::Node& node, std::string_view name, float value);
void set_attribute(proto::Node& node, std::string_view name, const std::vector<std::int64_t>& values);

/// Writes tensors and nodes into the file's graph and knows under which name each value of our graph is there: as it is
/// stored or as reals, in one layout or the other. What is not there yet is written when it is asked for.
class GraphWriter {
 public:
  GraphWriter(const ir::Graph& graph, std::int64_t opset, proto::Graph& target);

  std::int64_t opset() const { return opset_; }
  const ir::Graph& graph() const { return graph_; }
  const FileLayouts& layouts() const { return layouts_; }

  /// A node with one result, to which attributes can be added.
  proto::Node& add(std::string_view op_type, const std::vector<std::string>& inputs, const std::string& output,
                   std::string_view name = {});
  /// A name that nothing else has.
  std::string fresh_name(const std::string& wanted);
  /// The name of a value's tensor in its own layout, in the value's own type.
  const std::string& stored(ir::ValueId value) const { return stored_.at(value); }

  /// Writes what is left to do for the outputs and returns their names, in order.
  std::vector<std::string> write_outputs();

  std::string initializer(const std::string& wanted, const Tensor& tensor);
  /// A constant with one element, written once.
  std::string scalar(float value);

  /// The tensor of a value in `layout`, its integers dequantized. A constant is broadcast to `rank` axes first.
  std::string real(ir::ValueId value, ir::Layout layout, int rank);
  /// A constant parameter brought into another axis order. Integers are dequantized along the axis that their
  /// parameters then have; if `quant` is given, it stands for the value's own parameters.
  std::string parameter(ir::ValueId value, const std::vector<int>& perm, const QuantParams* quant = nullptr);

  /// QuantizeLinear and DequantizeLinear with parameters per tensor or along `quant.axis`.
  void quantize(const std::string& source, const QuantParams& quant, DType dtype, const std::string& target);
  void dequantize_to(const std::string& source, const QuantParams& quant, DType dtype, const std::string& target);
  std::string dequantize(const std::string& source, const QuantParams& quant, DType dtype, const std::string& wanted);
  /// A tensor in half precision as float32.
  std::string widen(const std::string& half);

  /// The same tensor in the other layout.
  std::string in_layout(ir::ValueId value, ir::Layout layout);

 private:
  std::string zero_points(const QuantParams& quant, DType dtype, const std::string& wanted);
  std::vector<std::string> quant_inputs(const std::string& source, const QuantParams& quant, DType dtype);
  void name_values();

  const ir::Graph& graph_;
  const std::int64_t opset_;
  proto::Graph& target_;
  const FileLayouts layouts_;
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> node_names_;  ///< ONNX Runtime refuses two nodes of one name
  std::unordered_map<ir::ValueId, std::string> stored_;
  std::vector<std::string> output_names_;
  std::map<std::uint32_t, std::string> scalars_;  ///< by the float's bits
  /// Tensors made on demand, by what they were made from.
  std::unordered_map<std::string, std::string> made_;
};

}  // namespace netfit::formats::onnx
