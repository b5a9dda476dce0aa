// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/graph_writer.h"

#include <algorithm>
#include <bit>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "formats/onnx/constant.h"
#include "formats/onnx/tensor_proto.h"

namespace netfit::formats::onnx {
namespace {

// AttributeProto.AttributeType of the ONNX format.
constexpr int kFloat = 1;
constexpr int kInt = 2;
constexpr int kInts = 7;

// numpy's broadcasting: missing axes are of extent 1 and in front.
Tensor at_rank(const Tensor& tensor, int rank) {
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank - tensor.shape().rank()), 1);
  dims.insert(dims.end(), tensor.shape().dims().begin(), tensor.shape().dims().end());
  return tensor.reshaped(*Shape::create(dims));
}

// The writer has checked that they fit.
Tensor as_int32(const Tensor& wide) {
  Tensor narrow(DType::Int32, wide.shape());
  std::ranges::transform(wide.data<std::int64_t>(), narrow.mutable_data<std::int32_t>().begin(),
                         [](std::int64_t element) { return static_cast<std::int32_t>(element); });
  return narrow;
}

std::string unique(std::unordered_set<std::string>& taken, const std::string& wanted) {
  const std::string base = as_ascii(wanted.empty() ? "value" : wanted);
  std::string name = base;
  for (std::size_t i = taken.size(); !taken.insert(name).second; ++i) name = fmt::format("{}_{}", base, i);
  return name;
}

}  // namespace

std::string as_ascii(std::string name) {
  for (char& c : name) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '_';
  }
  return name;
}

void set_attribute(proto::Node& node, std::string_view name, std::int64_t value) {
  proto::Attribute& attribute = *node.add_attribute();
  attribute.set_name(std::string(name));
  attribute.set_type(kInt);
  attribute.set_i(value);
}

void set_attribute(proto::Node& node, std::string_view name, float value) {
  proto::Attribute& attribute = *node.add_attribute();
  attribute.set_name(std::string(name));
  attribute.set_type(kFloat);
  attribute.set_f(value);
}

void set_attribute(proto::Node& node, std::string_view name, const std::vector<std::int64_t>& values) {
  proto::Attribute& attribute = *node.add_attribute();
  attribute.set_name(std::string(name));
  attribute.set_type(kInts);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

GraphWriter::GraphWriter(const ir::Graph& graph, std::int64_t opset, proto::Graph& target)
    : graph_(graph), opset_(opset), target_(target), layouts_(graph) {
  name_values();
}

// Every value gets its name before any other tensor does, so that none is taken away. Where an output is presented in
// another layout than it is computed in, the name belongs to what is presented.
void GraphWriter::name_values() {
  std::unordered_set<ir::ValueId> taken;
  for (const ir::GraphInput& input : graph_.inputs) taken.insert(input.value);
  for (const ir::GraphInput& input : graph_.inputs) stored_[input.value] = fresh_name(graph_.value(input.value).name);
  for (const ir::GraphOutput& output : graph_.outputs) {
    const ir::Value& value = graph_.value(output.value);
    const bool own = taken.insert(output.value).second && !value.is_constant();
    output_names_.push_back(fresh_name(own ? value.name : value.name + "/output"));
    if (own && value.shape.rank() >= 3 && layouts_.of(output.value) != output.layout) {
      stored_[output.value] = fresh_name(value.name + "/inner");
    } else if (own) {
      stored_[output.value] = output_names_.back();
    }
  }
  for (const ir::ValueId id : graph_.values()) {
    if (!stored_.contains(id)) stored_[id] = fresh_name(graph_.value(id).name);
  }
}

std::vector<std::string> GraphWriter::write_outputs() {
  for (std::size_t i = 0; i < graph_.outputs.size(); ++i) {
    const auto& [value, layout] = graph_.outputs[i];
    if (stored(value) == output_names_[i]) continue;
    const std::string source = graph_.value(value).is_constant() ? parameter(value, {}) : in_layout(value, layout);
    add("Identity", {source}, output_names_[i]);
  }
  return output_names_;
}

std::string GraphWriter::fresh_name(const std::string& wanted) { return unique(names_, wanted); }

proto::Node& GraphWriter::add(std::string_view op_type, const std::vector<std::string>& inputs,
                              const std::string& output, std::string_view name) {
  proto::Node& node = *target_.add_node();
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  node.set_name(unique(node_names_, name.empty() ? output : std::string(name)));
  node.set_op_type(std::string(op_type));
  return node;
}

std::string GraphWriter::initializer(const std::string& wanted, const Tensor& tensor) {
  std::string name = fresh_name(wanted);
  write_tensor(name, tensor, *target_.add_initializer());
  return name;
}

std::string GraphWriter::scalar(float value) {
  std::string& name = scalars_[std::bit_cast<std::uint32_t>(value)];
  if (name.empty()) name = initializer(fmt::format("constant_{}", value), Tensor::from(Shape{}, std::vector{value}));
  return name;
}

std::string GraphWriter::in_layout(ir::ValueId value, ir::Layout layout) {
  const ir::Value& moved = graph_.value(value);
  const int rank = moved.shape.rank();
  if (rank < 3 || layouts_.of(value) == layout) return stored(value);
  const bool first = layout == ir::Layout::ChannelsFirst;
  std::string& name = made_[fmt::format("{} layout", value.index)];
  if (!name.empty()) return name;
  name = fresh_name(stored(value) + (first ? "/channels_first" : "/channels_last"));
  std::vector<std::int64_t> perm;
  for (const int axis : channels_first_perm(rank)) perm.push_back(axis);
  if (!first) {
    std::vector<std::int64_t> inverse(perm.size());
    for (std::size_t i = 0; i < perm.size(); ++i) {
      inverse[static_cast<std::size_t>(perm[i])] = static_cast<std::int64_t>(i);
    }
    perm = inverse;
  }
  if (!moved.quant) {
    set_attribute(add("Transpose", {stored(value)}, name), "perm", perm);
    return name;
  }
  // Between Q and DQ like any other node: integers that no Q/DQ pair speaks for would lose their parameters.
  const std::string real = dequantize(stored(value), *moved.quant, moved.dtype, stored(value) + "/real");
  const std::string transposed = fresh_name(name + "/real");
  set_attribute(add("Transpose", {real}, transposed), "perm", perm);
  quantize(transposed, *moved.quant, moved.dtype, name);
  return name;
}

std::string GraphWriter::real(ir::ValueId id, ir::Layout layout, int rank) {
  const ir::Value& value = graph_.value(id);
  if (value.is_constant()) {
    if (value.shape.element_count() == 1 || layout == ir::Layout::ChannelsLast) return parameter(id, {});
    const std::string key = fmt::format("{} broadcast {}", id.index, rank);
    if (const auto found = made_.find(key); found != made_.end()) return found->second;
    const Tensor broadcast = tensor::transpose(at_rank(*value.constant, rank), channels_first_perm(rank));
    std::string name = initializer(stored(id) + "/channels_first", broadcast);
    if (value.quant) name = dequantize(name, *value.quant, value.dtype, name + "/real");
    if (value.dtype == DType::Float16) name = widen(name);
    made_.emplace(key, name);
    return name;
  }
  std::string name = in_layout(id, layout);
  if (!value.quant) return name;
  std::string& dequantized = made_[fmt::format("{} real {}", id.index, name)];
  if (dequantized.empty()) dequantized = dequantize(name, *value.quant, value.dtype, name + "/dequantized");
  return dequantized;
}

std::string GraphWriter::parameter(ir::ValueId id, const std::vector<int>& perm, const QuantParams* quant) {
  const ir::Value& value = graph_.value(id);
  if (!value.is_constant()) return real(id, ir::Layout::ChannelsLast, value.shape.rank());
  const QuantParams* params = quant != nullptr ? quant : value.quant ? &*value.quant : nullptr;
  std::string key = fmt::format("{} parameter [{}]", id.index, fmt::join(perm, ","));
  if (params != nullptr) key += fmt::format(" {} {}", fmt::join(params->scales, ","), params->axis);
  std::string& made = made_[key];
  if (!made.empty()) return made;

  const bool is_int4 = value.dtype == DType::Int4;
  const bool is_wide = value.dtype == DType::Int64 && params != nullptr;
  Constant constant{.tensor = is_int4 ? tensor::unpack_int4(*value.constant) : *value.constant, .source = std::nullopt};
  if (is_wide) constant.tensor = as_int32(constant.tensor);
  if (params != nullptr) constant.source = QuantizedTensor{constant.tensor, *params};
  if (!perm.empty()) constant = transposed(constant, perm);
  // The first use of a constant takes its name.
  std::string& first_use = made_[fmt::format("{} used", id.index)];
  std::string name = first_use.empty() ? stored(id) : fresh_name(stored(id));
  first_use = name;
  write_tensor(name, is_int4 ? tensor::pack_int4(constant.tensor) : constant.tensor, *target_.add_initializer());
  const DType dtype = is_wide ? DType::Int32 : value.dtype;
  if (params != nullptr) name = dequantize(name, constant.source->quant, dtype, name + "/real");
  if (value.dtype == DType::Float16) name = widen(name);
  made = name;
  return name;
}

std::string GraphWriter::widen(const std::string& half) {
  std::string name = fresh_name(half + "/float32");
  set_attribute(add("Cast", {half}, name), "to", static_cast<std::int64_t>(data_type_for(DType::Float32)));
  return name;
}

std::string GraphWriter::zero_points(const QuantParams& quant, DType dtype, const std::string& wanted) {
  const Shape shape = quant.is_per_channel() ? Shape{std::ssize(quant.zero_points)} : Shape{};
  Tensor tensor(dtype, shape);
  if (dtype == DType::Int16) {
    std::ranges::copy(quant.zero_points, tensor.mutable_data<std::int16_t>().begin());
    return initializer(wanted, tensor);
  }
  if (dtype == DType::Int4) return initializer(wanted, tensor);  // weights are symmetric: 0
  const std::span<std::byte> out = tensor.mutable_bytes();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::byte>(quant.zero_points[i]);
  return initializer(wanted, tensor);
}

// Source, scale and zero point. Those of 32-bit integers are always 0 and left out.
std::vector<std::string> GraphWriter::quant_inputs(const std::string& source, const QuantParams& quant, DType dtype) {
  const std::string key =
      fmt::format("quant {} {} {}", name(dtype), fmt::join(quant.scales, ","), fmt::join(quant.zero_points, ","));
  const Shape shape = quant.is_per_channel() ? Shape{std::ssize(quant.scales)} : Shape{};
  const auto known = made_.find(key + " scale");
  const std::string scale =
      known != made_.end() ? known->second : initializer(source + "/scale", Tensor::from(shape, quant.scales));
  made_[key + " scale"] = scale;
  if (dtype == DType::Int32) return {source, scale};
  const auto known_zero = made_.find(key + " zero");
  const std::string zero =
      known_zero != made_.end() ? known_zero->second : zero_points(quant, dtype, source + "/zero_point");
  made_[key + " zero"] = zero;
  return {source, scale, zero};
}

void GraphWriter::quantize(const std::string& source, const QuantParams& quant, DType dtype,
                           const std::string& target) {
  add("QuantizeLinear", quant_inputs(source, quant, dtype), target);
}

std::string GraphWriter::dequantize(const std::string& source, const QuantParams& quant, DType dtype,
                                    const std::string& wanted) {
  std::string name = fresh_name(wanted);
  dequantize_to(source, quant, dtype, name);
  return name;
}

void GraphWriter::dequantize_to(const std::string& source, const QuantParams& quant, DType dtype,
                                const std::string& target) {
  proto::Node& node = add("DequantizeLinear", quant_inputs(source, quant, dtype), target);
  if (quant.is_per_channel()) set_attribute(node, "axis", static_cast<std::int64_t>(quant.axis));
}

}  // namespace netfit::formats::onnx
