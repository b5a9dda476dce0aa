// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>

#include <fmt/format.h>

#include "formats/tflite/node_writer.h"
#include "formats/tflite/tensor_types.h"
#include "ir/ops.h"

namespace netfit::formats::tflite {
namespace {

using Code = schema::BuiltinOperator;

// How the file says a padding: by SAME or VALID where one of them means just that, else by an operator of its own.
struct WindowPlan {
  schema::Padding padding = schema::Padding::VALID;
  bool explicit_pad = false;
};

WindowPlan plan_window(const ir::Padding2d& padding, const Shape& image, const ir::Extent2d& window,
                       const ir::Extent2d& stride, const ir::Extent2d& dilation) {
  if (padding.none()) return {};
  if (padding == same_padding(image, window, stride, dilation)) return {.padding = schema::Padding::SAME};
  return {.explicit_pad = true};
}

// A bias without parameters gets those that follow from data and weights: the fast kernels of the runtime want them.
void complete_bias(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  if (!view.has_input(2) || view.input(2).quant || !view.input(0).quant || !view.input(1).quant) return;
  const ir::ValueId bias = view.node().inputs[2];
  if (writer.tensors().contains(bias)) return;
  const QuantParams& weights = *view.input(1).quant;
  QuantParams quant = weights;
  for (float& scale : quant.scales) scale *= view.input(0).quant->scale();
  if (quant.is_per_channel()) quant.axis = 0;
  writer.tensors().set_quant(bias, std::move(quant));
}

std::vector<std::int32_t> weighted_inputs(NodeWriter& writer, const WindowPlan& plan, const ir::Padding2d& padding) {
  complete_bias(writer);
  std::vector<std::int32_t> inputs;
  inputs.push_back(plan.explicit_pad ? writer.emit_padded_input(padding, 0.0F) : writer.input(0));
  inputs.push_back(writer.input(1));
  if (writer.view().has_input(2)) inputs.push_back(writer.input(2));
  return inputs;
}

Result<void> write_conv(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  const auto& attrs = view.attrs<ir::Conv2dAttrs>();
  const Shape& weights = view.input(1).shape;
  const WindowPlan plan =
      plan_window(attrs.padding, view.input(0).shape, {weights[1], weights[2]}, attrs.stride, attrs.dilation);
  std::vector<std::int32_t> inputs = weighted_inputs(writer, plan, attrs.padding);
  OperatorTraits traits = writer.traits();
  traits.grouped = ir::conv_groups(view) > 1;
  const auto options =
      schema::CreateConv2DOptions(writer.flatbuffer(), plan.padding, static_cast<int>(attrs.stride.width),
                                  static_cast<int>(attrs.stride.height), write_activation(attrs.activation),
                                  static_cast<int>(attrs.dilation.width), static_cast<int>(attrs.dilation.height));
  writer.emit(Code::CONV_2D, std::move(inputs), as_options(options), traits);
  return {};
}

Result<void> write_depthwise(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  const auto& attrs = view.attrs<ir::Conv2dAttrs>();
  const Shape& weights = view.input(1).shape;
  const WindowPlan plan =
      plan_window(attrs.padding, view.input(0).shape, {weights[1], weights[2]}, attrs.stride, attrs.dilation);
  std::vector<std::int32_t> inputs = weighted_inputs(writer, plan, attrs.padding);
  OperatorTraits traits = writer.traits();
  traits.dilated = attrs.dilation != ir::Extent2d{};
  const auto multiplier = static_cast<int>(weights[3] / view.input(0).shape[3]);
  const auto options = schema::CreateDepthwiseConv2DOptions(
      writer.flatbuffer(), plan.padding, static_cast<int>(attrs.stride.width), static_cast<int>(attrs.stride.height),
      multiplier, write_activation(attrs.activation), static_cast<int>(attrs.dilation.width),
      static_cast<int>(attrs.dilation.height));
  writer.emit(Code::DEPTHWISE_CONV_2D, std::move(inputs), as_options(options), traits);
  return {};
}

Result<void> write_fully_connected(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  complete_bias(writer);
  std::vector<std::int32_t> inputs = writer.inputs();
  OperatorTraits traits = writer.traits();
  traits.has_bias = view.has_input(2);
  traits.keeps_rank = view.input(0).shape.rank() != 2;
  const auto options = schema::CreateFullyConnectedOptions(
      writer.flatbuffer(), write_activation(view.attrs<ir::FullyConnectedAttrs>().activation),
      schema::FullyConnectedOptionsWeightsFormat::DEFAULT, traits.keeps_rank);
  writer.emit(Code::FULLY_CONNECTED, std::move(inputs), as_options(options), traits);
  return {};
}

Options pool_options(NodeWriter& writer, schema::Padding padding) {
  const auto& attrs = writer.view().attrs<ir::Pool2dAttrs>();
  return as_options(schema::CreatePool2DOptions(
      writer.flatbuffer(), padding, static_cast<int>(attrs.stride.width), static_cast<int>(attrs.stride.height),
      static_cast<int>(attrs.window.width), static_cast<int>(attrs.window.height), write_activation(attrs.activation)));
}

WindowPlan plan_pool(const ir::NodeView& view) {
  const auto& attrs = view.attrs<ir::Pool2dAttrs>();
  return plan_window(attrs.padding, view.input(0).shape, attrs.window, attrs.stride, {});
}

Result<void> write_average_pool(NodeWriter& writer) {
  const WindowPlan plan = plan_pool(writer.view());
  if (plan.explicit_pad) {
    // A pad operator would make the padding take part in the mean.
    return bad_input(fmt::format("padding {} is neither SAME nor VALID, and TensorFlow Lite has no other for a mean",
                                 attr_text(writer.view().attrs<ir::Pool2dAttrs>().padding)));
  }
  const Options options = pool_options(writer, plan.padding);
  writer.emit(Code::AVERAGE_POOL_2D, {writer.input(0)}, options);
  return {};
}

Result<void> write_max_pool(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  const WindowPlan plan = plan_pool(view);
  // The least number never wins, and every window has a tap inside the image.
  constexpr float kLeast = std::numeric_limits<float>::lowest();
  const std::int32_t data =
      plan.explicit_pad ? writer.emit_padded_input(view.attrs<ir::Pool2dAttrs>().padding, kLeast) : writer.input(0);
  const Options options = pool_options(writer, plan.padding);
  writer.emit(Code::MAX_POOL_2D, {data}, options);
  return {};
}

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
  writer.emit(to_float ? Code::DEQUANTIZE : Code::QUANTIZE, {writer.input(0)}, options);
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
