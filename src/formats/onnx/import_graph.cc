// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/import_graph.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "formats/onnx/op_mapping.h"
#include "formats/onnx/tensor_proto.h"
#include "formats/preprocessing_json.h"
#include "formats/ranges_json.h"
#include "ir/ops/requantize.h"
#include "ir/ops/shape.h"

namespace netfit::formats::onnx {
namespace {

Result<Shape> input_shape(const proto::TensorType& type) {
  if (!type.has_shape() || type.shape().dim_size() == 0) return bad_input("has no shape, so nothing is known about it");
  std::vector<std::int64_t> dims;
  for (int i = 0; i < type.shape().dim_size(); ++i) {
    const proto::TensorShape::Dimension& dim = type.shape().dim(i);
    const bool known = dim.has_dim_value();
    if (i > 0 && !known) {
      return bad_input(fmt::format("dimension {} ('{}') is dynamic, which only the batch may be", i,
                                   base::printable(dim.dim_param())));
    }
    if (known && dim.dim_value() < 1) {
      return bad_input(fmt::format("dimension {} is {} (allowed: 1 or more)", i, dim.dim_value()));
    }
    if (i == 0 && known && dim.dim_value() != 1) {
      return bad_input(fmt::format("the batch is fixed to {} (allowed: 1, or dynamic)", dim.dim_value()));
    }
    dims.push_back(known ? dim.dim_value() : 1);
  }
  return Shape::create(dims);
}

Result<void> import_input(ImportState& state, const proto::ValueInfo& input) {
  if (!input.type().has_tensor_type()) return bad_input("is no dense tensor, which is not supported");
  const proto::TensorType& type = input.type().tensor_type();
  constexpr std::array kAllowed{DataType::Float, DataType::Int8, DataType::UInt8, DataType::Int16};
  if (std::ranges::find(kAllowed, static_cast<DataType>(type.elem_type())) == kAllowed.end()) {
    return bad_input(
        fmt::format("has type {} (allowed: float32, int8, uint8, int16)", data_type_name(type.elem_type())));
  }
  Shape shape = NETFIT_TRY(input_shape(type));
  const ir::ValueId value = state.builder.input(input.name(), *dtype_for(type.elem_type()), std::move(shape));
  state.operands[input.name()] = {.value = value};
  return {};
}

Result<void> import_initializers(ImportState& state) {
  Diagnostics faults;
  for (const proto::Tensor& initializer : state.model.graph().initializer()) {
    Result<Constant> constant = read_constant(initializer);
    if (!constant) {
      faults.error(fmt::format("initializer '{}'", base::printable(initializer.name())), constant.error().what());
      continue;
    }
    // Weights are brought into other forms a few times (transposed, dequantized).
    state.fold_budget += 4 * constant->tensor.element_count();
    state.operands[initializer.name()] = {.constant = *std::move(constant)};
  }
  return faults.result();
}

Result<const OpMapping*> mapping_for(const proto::Node& node) {
  if (!node.domain().empty() && node.domain() != "ai.onnx") {
    return bad_input(fmt::format("operators of domain '{}' are not supported", base::printable(node.domain())));
  }
  if (node.op_type() == "If" || node.op_type() == "Loop" || node.op_type() == "Scan") {
    return bad_input("control flow is not supported");
  }
  const OpMapping* mapping = find_mapping(node.op_type());
  if (mapping == nullptr) return bad_input("this operator is not supported");
  if (node.output_size() == 0 || node.output(0).empty()) return bad_input("the node has no result");
  return mapping;
}

enum class Inputs { Ready, Failed, Missing };

// Which input is missing or failed, if any: a result beside the first one is never bound.
std::pair<Inputs, const std::string*> check_inputs(const ImportState& state, const proto::Node& node) {
  for (const std::string& input : node.input()) {
    if (input.empty()) continue;
    const auto found = state.operands.find(input);
    if (found == state.operands.end()) return {Inputs::Missing, &input};
    if (found->second.failed) return {Inputs::Failed, &input};
  }
  return {Inputs::Ready, nullptr};
}

Result<void> import_node(ImportState& state, int index) {
  const proto::Node& proto = state.model.graph().node(index);
  const OpMapping* mapping = NETFIT_TRY(mapping_for(proto));
  const auto [inputs, name] = check_inputs(state, proto);
  if (inputs == Inputs::Missing) {
    return bad_input(fmt::format("input '{}' is a secondary result, which is not supported", base::printable(*name)));
  }
  if (inputs == Inputs::Failed) {
    state.operands[proto.output(0)].failed = true;
    return {};
  }
  NodeReader node(state, index);
  if (mapping->fold != nullptr && node.all_constant()) {
    node.bind(NETFIT_TRY(mapping->fold(node)));
    return {};
  }
  if (mapping->read == nullptr) return bad_input("this operator is supported on constants only");
  return mapping->read(node);
}

Result<ir::ValueId> output_value(ImportState& state, const proto::ValueInfo& output) {
  const auto found = state.operands.find(output.name());
  if (found == state.operands.end()) return bad_input("is a secondary result of a node, which is not supported");
  const Operand& operand = found->second;
  if (operand.constant) return bad_input("does not depend on any input");
  const ir::ValueId value = operand.value;
  const int declared = output.type().tensor_type().elem_type();
  const DType dtype = operand.is_unsigned ? DType::UInt8 : state.graph.value(value).dtype;
  if (declared != 0 && declared != static_cast<int>(data_type_for(dtype))) {
    return bad_input(fmt::format("is declared {}, but has type {}", data_type_name(declared), tensor::name(dtype)));
  }
  if (!operand.is_unsigned) return value;
  QuantParams quant = *state.graph.value(value).quant;
  quant.zero_points[0] += 128;
  state.graph.rename(value, output.name() + "/signed");
  const ir::ValueId result = NETFIT_TRY(
      state.builder.add(ir::kRequantize, {value}, ir::Attrs::of(ir::RequantizeAttrs{DType::UInt8}), output.name()));
  state.graph.value(result).quant = std::move(quant);
  return result;
}

// A record with one figure per channel says that the input is an image, and an image of this format is channels-first:
// the graph then takes it channels-last, and a transpose makes what the file's nodes expect.
Result<void> present_channels_last(ir::Graph& graph, ir::GraphInput& input) {
  const auto channels =
      static_cast<std::int64_t>(std::max(input.preprocessing->mean.size(), input.preprocessing->std.size()));
  const Shape shape = graph.value(input.value).shape;
  if (shape.rank() != 4 || channels == 1 || shape[1] != channels || graph.node_count() == 0) return {};
  const std::string name = graph.value(input.value).name;
  const ir::ValueId image = graph.add_value({.name = name + "/channels_first",
                                             .dtype = graph.value(input.value).dtype,
                                             .shape = shape,
                                             .quant = graph.value(input.value).quant});
  graph.replace_uses(input.value, image);
  graph.value(input.value).shape = Shape{shape[0], shape[2], shape[3], shape[1]};
  input.layout = ir::Layout::ChannelsFirst;
  graph.insert_node(graph.order().front(), {.name = name + "/channels_first",
                                            .op = &ir::kTranspose,
                                            .attrs = ir::Attrs::of(ir::TransposeAttrs{{0, 3, 1, 2}}),
                                            .inputs = {input.value},
                                            .outputs = {image}});
  return {};
}

// A name stays with its output even if a value inside, e.g. the same one channels-last, had it first.
void rename_output(ir::Graph& graph, std::unordered_map<std::string, ir::ValueId>& named, ir::ValueId value,
                   const std::string& name) {
  const std::string old_name = graph.value(value).name;
  if (old_name == name) return;
  if (const auto holder = named.find(name); holder != named.end()) {
    graph.rename(holder->second, name + "/inner");
    named.erase(holder);
  }
  graph.rename(value, name);
  named.erase(old_name);
  named.emplace(name, value);
}

}  // namespace

Result<void> import_inputs(ImportState& state) {
  NETFIT_TRY(import_initializers(state));
  Diagnostics faults;
  for (const proto::ValueInfo& input : state.model.graph().input()) {
    if (state.operands.contains(input.name())) continue;
    const Result<void> imported = import_input(state, input);
    if (!imported) faults.error(fmt::format("input '{}'", base::printable(input.name())), imported.error().what());
  }
  return faults.result();
}

Result<void> import_nodes(ImportState& state) {
  const proto::Graph& graph = state.model.graph();
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& input : graph.node(i).input()) state.readers[input].push_back(i);
  }
  for (const proto::ValueInfo& output : graph.output()) state.readers[output.name()].push_back(-1);
  Diagnostics faults;
  for (const int index : state.model.order) {
    if (state.absorbed.contains(index)) continue;
    const Result<void> imported = import_node(state, index);
    if (imported) continue;
    faults.error(describe(graph.node(index), index), imported.error().what());
    for (const std::string& output : graph.node(index).output()) state.operands[output].failed = true;
  }
  return faults.result();
}

Result<void> import_outputs(ImportState& state) {
  for (const proto::ValueInfo& output : state.model.graph().output()) {
    const std::string where = fmt::format("output '{}'", base::printable(output.name()));
    state.builder.output(NETFIT_TRY(located(output_value(state, output), where)));
  }
  for (const ir::GraphInput& input : state.graph.inputs) {
    const ir::Value& value = state.graph.value(input.value);
    if (!is_integer(value.dtype) || value.quant) continue;
    return located<void>(bad_input(fmt::format("has type {}, but no DequantizeLinear says what its integers mean",
                                               tensor::name(value.dtype))),
                         fmt::format("input '{}'", base::printable(value.name)));
  }
  return {};
}

void name_outputs(const Model& model, ir::Graph& graph) {
  std::unordered_map<std::string, ir::ValueId> named;
  for (const ir::ValueId id : graph.values()) named.emplace(graph.value(id).name, id);
  // An input keeps its name, and a value that is two outputs has that of the first.
  std::unordered_set<ir::ValueId> settled;
  for (const ir::GraphInput& input : graph.inputs) settled.insert(input.value);
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const ir::ValueId value = graph.outputs[i].value;
    if (!settled.insert(value).second) continue;
    const auto holder = named.find(model.graph().output(static_cast<int>(i)).name());
    if (holder != named.end() && holder->second != value && settled.contains(holder->second)) continue;
    rename_output(graph, named, value, model.graph().output(static_cast<int>(i)).name());
  }
}

Result<void> import_metadata(const Model& model, ir::Graph& graph) {
  for (const proto::StringStringEntry& entry : model.proto.metadata_props()) {
    if (entry.key() == kPreprocessingKey) NETFIT_TRY(apply_preprocessing_json(graph, entry.value()));
    if (entry.key() == kRangesKey) NETFIT_TRY(apply_ranges_json(graph, entry.value()));
    if (entry.key() == kClassNamesKey) NETFIT_TRY(apply_class_names_json(graph, entry.value()));
  }
  for (ir::GraphInput& input : graph.inputs) {
    if (input.preprocessing) NETFIT_TRY(present_channels_last(graph, input));
  }
  return {};
}

}  // namespace netfit::formats::onnx
