// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/node_writer.h"

#include <algorithm>
#include <cmath>

#include "formats/tflite/tensor_types.h"
#include "ir/ops/conv.h"

namespace netfit::formats::tflite {
namespace {

// The integer that stands for a real number, as the tensor it goes into counts.
std::int64_t quantize(float real, const QuantParams& quant, DType dtype) {
  const double steps = std::round(static_cast<double>(real) / static_cast<double>(quant.scale()));
  const auto least = static_cast<double>(tensor::lowest(dtype));
  const auto most = static_cast<double>(tensor::highest(dtype));
  return static_cast<std::int64_t>(std::clamp(steps + quant.zero_point(), least, most));
}

// One element of the type of `like` with the same parameters.
ir::Value pad_element(const ir::Value& like, float fill, std::string name) {
  ir::Value element{.name = std::move(name), .dtype = like.dtype, .shape = Shape{}, .quant = like.quant};
  if (like.dtype == DType::Float32) {
    element.constant = Tensor::from(Shape{}, std::vector<float>{fill});
    return element;
  }
  const std::int64_t integer = like.quant ? quantize(fill, *like.quant, like.dtype) : std::llround(fill);
  if (like.dtype == DType::Int8) {
    element.constant = Tensor::from(Shape{}, std::vector<std::int8_t>{static_cast<std::int8_t>(integer)});
  } else if (like.dtype == DType::Int16) {
    element.constant = Tensor::from(Shape{}, std::vector<std::int16_t>{static_cast<std::int16_t>(integer)});
  } else if (like.dtype == DType::UInt8) {
    element.constant = Tensor::from(Shape{}, std::vector<std::uint8_t>{static_cast<std::uint8_t>(integer)});
  } else {
    element.dtype = DType::Int32;
    element.constant = Tensor::from(Shape{}, std::vector<std::int32_t>{static_cast<std::int32_t>(integer)});
  }
  return element;
}

}  // namespace

TensorMap::TensorMap(const ir::Graph& graph, FileBuilder& builder) : graph_(graph), builder_(builder) {
  for (const ir::GraphInput& input : graph.inputs) varying_.insert(input.value);
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    const auto varies = [&](ir::ValueId input) { return varying_.contains(input); };
    if (std::ranges::any_of(node.inputs, varies)) varying_.insert(node.outputs.begin(), node.outputs.end());
  }
}

std::int32_t TensorMap::operator[](ir::ValueId id) {
  const auto found = tensors_.find(id);
  if (found != tensors_.end()) return found->second;
  const Batch batch = varying_.contains(id) ? Batch::Open : Batch::Fixed;
  const auto quant = quants_.find(id);
  std::int32_t index = 0;
  if (quant == quants_.end()) {
    index = builder_.add_tensor(graph_.value(id), batch);
  } else {
    ir::Value value = graph_.value(id);
    value.quant = quant->second;
    index = builder_.add_tensor(value, batch);
  }
  tensors_.emplace(id, index);
  return index;
}

std::vector<std::int32_t> NodeWriter::inputs() {
  std::vector<std::int32_t> indices;
  for (const ir::ValueId id : view_.node().inputs) {
    if (id.valid()) indices.push_back(tensors_[id]);
  }
  return indices;
}

std::int32_t NodeWriter::integers(std::string_view what, const std::vector<std::int64_t>& elements) {
  return integers(what, elements, Shape{std::ssize(elements)});
}

std::int32_t NodeWriter::integers(std::string_view what, const std::vector<std::int64_t>& elements, Shape shape) {
  std::vector<std::int32_t> narrow;
  for (const std::int64_t element : elements) narrow.push_back(static_cast<std::int32_t>(element));
  return builder_.add_integers(view_.output().name + "/" + std::string(what), std::move(narrow), std::move(shape));
}

OperatorTraits NodeWriter::traits() const {
  OperatorTraits traits{.data = view_.input(0).dtype, .result = view_.output().dtype};
  if (view_.has_input(1)) {
    traits.weights = view_.input(1).dtype;
    traits.per_channel = view_.input(1).quant && view_.input(1).quant->is_per_channel();
  }
  for (std::size_t i = 0; i < view_.input_count(); ++i) {
    if (!view_.has_input(i)) continue;
    traits.rank = std::max(i == 0 ? 0 : traits.rank, view_.input(i).shape.rank());
    traits.broadcasts = traits.broadcasts || view_.input(i).shape != view_.input(0).shape;
  }
  return traits;
}

void NodeWriter::emit(schema::BuiltinOperator code, std::vector<std::int32_t> inputs, Options options,
                      OperatorTraits traits) {
  builder_.add_operator({.code = code,
                         .version = op_version(code, traits),
                         .inputs = std::move(inputs),
                         .outputs = {tensors_[view_.node().outputs[0]]},
                         .options_type = options.type,
                         .options = options.table});
}

void NodeWriter::emit(schema::BuiltinOperator code, std::vector<std::int32_t> inputs, Options options) {
  emit(code, std::move(inputs), options, traits());
}

void NodeWriter::emit_pad(std::int32_t data, std::int32_t result, const ir::PadAttrs& attrs) {
  using Code = schema::BuiltinOperator;
  std::vector<std::int64_t> paddings;
  for (std::size_t i = 0; i < attrs.before.size(); ++i) {
    paddings.push_back(attrs.before[i]);
    paddings.push_back(attrs.after[i]);
  }
  const std::int64_t rank = std::ssize(attrs.before);
  OperatorRecord record{.code = Code::PAD, .inputs = {data, integers("paddings", paddings, Shape{rank, 2})}};
  Options options;
  if (attrs.value != 0.0F) {
    record.code = Code::PADV2;
    const std::string name = view_.output().name + "/pad_value";
    record.inputs.push_back(builder_.add_tensor(pad_element(view_.input(0), attrs.value, name)));
    options = as_options(schema::CreatePadV2Options(flatbuffer()));
  } else {
    options = as_options(schema::CreatePadOptions(flatbuffer()));
  }
  record.version = op_version(record.code, {.data = view_.input(0).dtype, .rank = static_cast<int>(rank)});
  record.outputs = {result};
  record.options_type = options.type;
  record.options = options.table;
  builder_.add_operator(record);
}

std::int32_t NodeWriter::emit_padded_input(const ir::Padding2d& padding, float value) {
  const ir::PadAttrs attrs{
      .before = {0, padding.top, padding.left, 0}, .after = {0, padding.bottom, padding.right, 0}, .value = value};
  ir::Value padded = view_.input(0);
  const Shape& image = padded.shape;
  padded.name = view_.output().name + "/padded";
  padded.shape =
      image.with_dim(1, image[1] + padding.top + padding.bottom).with_dim(2, image[2] + padding.left + padding.right);
  padded.constant.reset();
  const std::int32_t data = input(0);
  const std::int32_t result = builder_.add_tensor(padded);
  emit_pad(data, result, attrs);
  return result;
}

}  // namespace netfit::formats::tflite
