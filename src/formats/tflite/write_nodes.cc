// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "formats/tflite/node_writer.h"
#include "formats/tflite/tensor_types.h"
#include "formats/tflite/write_windowed.h"
#include "ir/ops.h"

namespace netfit::formats::tflite {
namespace {

using Code = schema::BuiltinOperator;

// 16-bit sums with scales that are no powers of two are a later version of the operator, chosen by a flag.
bool pot_scales(const NodeWriter& writer) { return writer.view().input(0).dtype != DType::Int16; }

Result<void> write_add(NodeWriter& writer) {
  const auto activation = write_activation(writer.view().attrs<ir::BinaryAttrs>().activation);
  const Options options = as_options(schema::CreateAddOptions(writer.flatbuffer(), activation, pot_scales(writer)));
  writer.emit(Code::ADD, writer.inputs(), options);
  return {};
}

Result<void> write_sub(NodeWriter& writer) {
  const auto activation = write_activation(writer.view().attrs<ir::BinaryAttrs>().activation);
  const Options options = as_options(schema::CreateSubOptions(writer.flatbuffer(), activation, pot_scales(writer)));
  writer.emit(Code::SUB, writer.inputs(), options);
  return {};
}

Result<void> write_mul(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  const auto activation = write_activation(view.attrs<ir::BinaryAttrs>().activation);
  OperatorTraits traits = writer.traits();
  if (view.input(0).quant && view.input(1).quant && view.output().quant) {
    traits.scales_up = view.input(0).quant->scale() * view.input(1).quant->scale() >= view.output().quant->scale();
  }
  const Options options = as_options(schema::CreateMulOptions(writer.flatbuffer(), activation));
  writer.emit(Code::MUL, writer.inputs(), options, traits);
  return {};
}

Result<void> write_div(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  if (view.input(0).dtype != DType::Float32) {
    return bad_input(fmt::format("TensorFlow Lite does not divide in {} (allowed: f32)", name(view.input(0).dtype)));
  }
  const auto activation = write_activation(view.attrs<ir::BinaryAttrs>().activation);
  const Options options = as_options(schema::CreateDivOptions(writer.flatbuffer(), activation));
  writer.emit(Code::DIV, writer.inputs(), options);
  return {};
}

template <Code code>
Result<void> write_plain(NodeWriter& writer) {
  writer.emit(code, {writer.input(0)});
  return {};
}

Result<void> write_hard_swish(NodeWriter& writer) {
  const Options options = as_options(schema::CreateHardSwishOptions(writer.flatbuffer()));
  writer.emit(Code::HARD_SWISH, {writer.input(0)}, options);
  return {};
}

Result<void> write_leaky_relu(NodeWriter& writer) {
  const float alpha = writer.view().attrs<ir::LeakyReluAttrs>().alpha;
  const Options options = as_options(schema::CreateLeakyReluOptions(writer.flatbuffer(), alpha));
  writer.emit(Code::LEAKY_RELU, {writer.input(0)}, options);
  return {};
}

Result<void> write_softmax(NodeWriter& writer) {
  const float beta = writer.view().attrs<ir::SoftmaxAttrs>().beta;
  const Options options = as_options(schema::CreateSoftmaxOptions(writer.flatbuffer(), beta));
  writer.emit(Code::SOFTMAX, {writer.input(0)}, options);
  return {};
}

Result<void> write_requantize(NodeWriter& writer) {
  const bool to_float = tensor::is_float(writer.view().output().dtype);
  const Options options = to_float ? as_options(schema::CreateDequantizeOptions(writer.flatbuffer()))
                                   : as_options(schema::CreateQuantizeOptions(writer.flatbuffer()));
  OperatorTraits traits = writer.traits();
  traits.per_channel = writer.view().input(0).quant && writer.view().input(0).quant->is_per_channel();
  writer.emit(to_float ? Code::DEQUANTIZE : Code::QUANTIZE, {writer.input(0)}, options, traits);
  return {};
}

Result<void> write_concat(NodeWriter& writer) {
  const auto axis = static_cast<int>(writer.view().attrs<ir::ConcatAttrs>().axis);
  const Options options = as_options(schema::CreateConcatenationOptions(writer.flatbuffer(), axis));
  writer.emit(Code::CONCATENATION, writer.inputs(), options);
  return {};
}

Result<void> write_pad(NodeWriter& writer) {
  const std::int32_t data = writer.input(0);
  const std::int32_t result = writer.tensors()[writer.view().node().outputs[0]];
  writer.emit_pad(data, result, writer.view().attrs<ir::PadAttrs>());
  return {};
}

Result<void> write_reshape(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  std::vector<std::int64_t> dims = view.attrs<ir::ReshapeAttrs>().shape;
  // An open batch lets runtimes resize it.
  const Shape& data = view.input(0).shape;
  if (!dims.empty() && dims[0] == 1 && data.rank() > 0 && data[0] == 1) dims[0] = -1;
  const std::vector<std::int32_t> narrow(dims.begin(), dims.end());
  const auto new_shape = writer.builder().integers(narrow);
  const std::int32_t shape_tensor = writer.integers("shape", dims);
  const Options options = as_options(schema::CreateReshapeOptions(writer.flatbuffer(), new_shape));
  writer.emit(Code::RESHAPE, {writer.input(0), shape_tensor}, options);
  return {};
}

Result<void> write_transpose(NodeWriter& writer) {
  const std::int32_t perm = writer.integers("perm", writer.view().attrs<ir::TransposeAttrs>().perm);
  const Options options = as_options(schema::CreateTransposeOptions(writer.flatbuffer()));
  writer.emit(Code::TRANSPOSE, {writer.input(0), perm}, options);
  return {};
}

Result<void> write_mean(NodeWriter& writer) {
  const auto& attrs = writer.view().attrs<ir::ReduceAttrs>();
  const std::int32_t axes = writer.integers("axes", attrs.axes);
  const Options options = as_options(schema::CreateReducerOptions(writer.flatbuffer(), attrs.keep_dims));
  writer.emit(Code::MEAN, {writer.input(0), axes}, options);
  return {};
}

struct NodeRow {
  const ir::OpSpec* op;
  Result<void> (*write)(NodeWriter& writer);
};

// Sorted by name. TensorFlow Lite has no batch_norm (fold-batch-norm) and no hard_sigmoid (decompose-hard-sigmoid).
constexpr std::array kNodes{
    NodeRow{&ir::kAdd, &write_add},
    NodeRow{&ir::kAveragePool2d, &write_average_pool},
    NodeRow{&ir::kConcat, &write_concat},
    NodeRow{&ir::kConv2d, &write_conv},
    NodeRow{&ir::kDepthwiseConv2d, &write_depthwise},
    NodeRow{&ir::kDiv, &write_div},
    NodeRow{&ir::kFullyConnected, &write_fully_connected},
    NodeRow{&ir::kHardSwish, &write_hard_swish},
    NodeRow{&ir::kLeakyRelu, &write_leaky_relu},
    NodeRow{&ir::kMaxPool2d, &write_max_pool},
    NodeRow{&ir::kMean, &write_mean},
    NodeRow{&ir::kMul, &write_mul},
    NodeRow{&ir::kPad, &write_pad},
    NodeRow{&ir::kRelu, &write_plain<Code::RELU>},
    NodeRow{&ir::kRelu6, &write_plain<Code::RELU6>},
    NodeRow{&ir::kReluN1To1, &write_plain<Code::RELU_N1_TO_1>},
    NodeRow{&ir::kRequantize, &write_requantize},
    NodeRow{&ir::kReshape, &write_reshape},
    NodeRow{&ir::kSigmoid, &write_plain<Code::LOGISTIC>},
    NodeRow{&ir::kSoftmax, &write_softmax},
    NodeRow{&ir::kSub, &write_sub},
    NodeRow{&ir::kTranspose, &write_transpose},
};

}  // namespace

Result<void> write_node(NodeWriter& writer) {
  for (const NodeRow& row : kNodes) {
    if (row.op == &writer.view().op()) return row.write(writer);
  }
  return bad_input("TensorFlow Lite has no operator for it");
}

}  // namespace netfit::formats::tflite
