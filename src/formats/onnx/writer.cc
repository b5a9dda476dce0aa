// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "formats/onnx/onnx.h"
#include "formats/onnx/op_writers.h"
#include "formats/onnx/tensor_proto.h"
#include "formats/preprocessing_json.h"
#include "formats/ranges_json.h"
#include "ir/absent_weights.h"
#include "ir/ops/requantize.h"

namespace netfit::formats::onnx {
namespace {

// Opset 17 is the newest that every ONNX Runtime since 1.12 runs, and has all that is written here: per-channel
// DequantizeLinear (13) and HardSwish (14). Integers of 16 and 4 bits came with 21.
struct Versions {
  std::int64_t ir;
  std::int64_t opset;
};
constexpr Versions kUsual{.ir = 8, .opset = 17};
constexpr Versions kFor16And4Bits{.ir = 10, .opset = 21};

Versions versions_for(const ir::Graph& graph) {
  const bool needs_newer = std::ranges::any_of(graph.values(), [&](ir::ValueId id) {
    return graph.value(id).dtype == DType::Int16 || graph.value(id).dtype == DType::Int4;
  });
  return needs_newer ? kFor16And4Bits : kUsual;
}

// Biases of 64 bits become ones of 32, the widest that DequantizeLinear takes.
bool is_too_wide(const ir::Value& value) {
  if (value.dtype != DType::Int64 || !value.constant) return false;
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  return std::ranges::any_of(value.constant->data<std::int64_t>(),
                             [](std::int64_t element) { return element > kMost || element < -kMost - 1; });
}

// Every node that the format has no form for.
Result<void> check_nodes(const ir::Graph& graph) {
  Diagnostics faults;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (node.has_input(2) && is_too_wide(node.input(2))) {
      faults.error(ir::describe(node), "a bias beyond 32 bits cannot be written to ONNX");
    }
    if (find_writer(&node.op()) == nullptr) faults.error(ir::describe(node), "this op cannot be written to ONNX");
  }
  return faults.result();
}

// Readers of what a requantize makes of a constant in half precision or int8 read the constant: each gets it in its own
// axis order, and through a Cast or a DequantizeLinear.
ir::Graph with_direct_constants(const ir::Graph& graph) {
  constexpr std::array kStored{DType::Float16, DType::Int8, DType::Int4};
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
                        std::ranges::find(kStored, node.input(0).dtype) != kStored.end() &&
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

void write_graph(const ir::Graph& graph, std::int64_t opset, proto::Graph& target) {
  target.set_name(as_ascii(graph.name.empty() ? "main" : graph.name));
  GraphWriter writer(graph, opset, target);
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

void write_metadata(const ir::Graph& graph, const std::optional<MakingRecord>& record, proto::Model& model) {
  const auto add = [&model](std::string_view key, const std::string& text) {
    if (text.empty()) return;
    proto::StringStringEntry& entry = *model.add_metadata_props();
    entry.set_key(std::string(key));
    entry.set_value(text);
  };
  add(kPreprocessingKey, preprocessing_json(graph));
  add(kClassNamesKey, class_names_json(graph));
  add(kRangesKey, ranges_json(graph));
  if (record) add(kMakingKey, making_record_json(*record));
}

}  // namespace

Result<base::Bytes> write(const ir::Graph& graph, const std::optional<MakingRecord>& record) {
  NETFIT_TRY(ir::require_weights(graph));
  NETFIT_TRY(check_nodes(graph));
  proto::Model model;
  const Versions versions = versions_for(graph);
  model.set_ir_version(versions.ir);
  model.set_producer_name("netfit");
  model.add_opset_import()->set_version(versions.opset);
  write_graph(with_direct_constants(graph), versions.opset, *model.mutable_graph());
  write_metadata(graph, record, model);
  const std::string bytes = model.SerializeAsString();
  if (bytes.empty()) return bad_input("the model is larger than the 2 GB that one ONNX file can hold");
  const std::span<const std::byte> view = base::as_bytes(bytes);
  return base::Bytes(view.begin(), view.end());
}

}  // namespace netfit::formats::onnx
