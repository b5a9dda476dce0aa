// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/op_writers.h"
#include "formats/onnx/tensor_proto.h"
#include "formats/preprocessing_json.h"
#include "ir/absent_weights.h"
#include "ir/ops/requantize.h"

namespace netfit::formats::onnx {
namespace {

// Opset 17 is the newest that every ONNX Runtime since 1.12 runs, and has all that is written here: per-channel
// DequantizeLinear (13) and HardSwish (14); int16 quantization came with 21 only. IR version 8 belongs to it.
constexpr std::int64_t kIrVersion = 8;
constexpr std::int64_t kOpset = 17;

bool is_writable(DType dtype) { return dtype != DType::Int16 && dtype != DType::Int4; }

// Every node that the format has no form for.
Result<void> check_nodes(const ir::Graph& graph) {
  Diagnostics faults;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    std::vector<ir::ValueId> values = node.node().inputs;
    values.push_back(node.node().outputs[0]);
    for (const ir::ValueId value : values) {
      if (!value.valid() || is_writable(graph.value(value).dtype)) continue;
      faults.error(ir::describe(node), fmt::format("quantization to {} cannot be written to ONNX (allowed: i8, u8)",
                                                   name(graph.value(value).dtype)));
      break;
    }
    if (find_writer(&node.op()) == nullptr) faults.error(ir::describe(node), "this op cannot be written to ONNX");
  }
  return faults.result();
}

// Readers of what a requantize makes of a constant in half precision or int8 read the constant: each gets it in its own
// axis order, and through a Cast or a DequantizeLinear.
ir::Graph with_direct_constants(const ir::Graph& graph) {
  ir::Graph result = graph;
  std::unordered_map<ir::ValueId, ir::ValueId> stored;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    for (ir::ValueId& input : result.node(id).inputs) {
      if (const auto direct = stored.find(input); direct != stored.end()) input = direct->second;
    }
    const ir::ValueId widened = node.node().outputs[0];
    const bool is_output = std::ranges::find(graph.outputs, widened, &ir::GraphOutput::value) != graph.outputs.end();
    const bool widens = &node.op() == &ir::kRequantize && node.input(0).is_constant() &&
                        (node.input(0).dtype == DType::Float16 || node.input(0).dtype == DType::Int8) &&
                        node.output().dtype == DType::Float32;
    if (!widens || is_output) continue;
    stored.emplace(widened, node.node().inputs[0]);
    result.erase_node(id);
    result.erase_value(widened);
  }
  return result;
}

void write_value_info(const std::string& name, DType dtype, const Shape& shape, proto::ValueInfo& info) {
  info.set_name(name);
  proto::TensorType& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(static_cast<int>(data_type_for(dtype)));
  proto::TensorShape& dims = *type.mutable_shape();
  for (int i = 0; i < shape.rank(); ++i) {
    proto::TensorShape::Dimension& dim = *dims.add_dim();
    if (i == 0) {
      dim.set_dim_param("n");
    } else {
      dim.set_dim_value(shape[i]);
    }
  }
}

void write_graph(const ir::Graph& graph, proto::Graph& target) {
  target.set_name(as_ascii(graph.name.empty() ? "main" : graph.name));
  GraphWriter writer(graph, target);
  for (const ir::GraphInput& input : graph.inputs) {
    const ir::Value& value = graph.value(input.value);
    write_value_info(writer.stored(input.value), value.dtype, in_layout(value.shape, input.layout),
                     *target.add_input());
  }
  for (const ir::NodeId id : graph.order()) {
    NodeWriter node(writer, graph.node(id), writer.layouts().wanted_by(id));
    find_writer(graph.node(id).op)->write(node);
  }
  const std::vector<std::string> names = writer.write_outputs();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const ir::Value& value = graph.value(graph.outputs[i].value);
    write_value_info(names[i], value.dtype, in_layout(value.shape, graph.outputs[i].layout), *target.add_output());
  }
}

void write_metadata(const ir::Graph& graph, proto::Model& model) {
  const auto add = [&model](std::string_view key, const std::string& text) {
    if (text.empty()) return;
    proto::StringStringEntry& entry = *model.add_metadata_props();
    entry.set_key(std::string(key));
    entry.set_value(text);
  };
  add(kPreprocessingKey, preprocessing_json(graph));
  add(kClassNamesKey, class_names_json(graph));
}

}  // namespace

Result<base::Bytes> write(const ir::Graph& graph) {
  NETFIT_TRY(ir::require_weights(graph));
  NETFIT_TRY(check_nodes(graph));
  proto::Model model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("netfit");
  model.add_opset_import()->set_version(kOpset);
  write_graph(with_direct_constants(graph), *model.mutable_graph());
  write_metadata(graph, model);
  const std::string bytes = model.SerializeAsString();
  if (bytes.empty()) return bad_input("the model is larger than the 2 GB that one ONNX file can hold");
  const std::span<const std::byte> view = base::as_bytes(bytes);
  return base::Bytes(view.begin(), view.end());
}

}  // namespace netfit::formats::onnx
