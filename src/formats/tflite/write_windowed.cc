// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/write_windowed.h"

#include <limits>

#include <fmt/format.h>

#include "formats/tflite/tensor_types.h"
#include "ir/ops/conv.h"
#include "ir/ops/pool.h"

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

// The parameters of a bias follow from those of data and weights.
std::optional<QuantParams> bias_quant(const ir::NodeView& view) {
  if (!view.input(0).quant || !view.input(1).quant) return std::nullopt;
  QuantParams quant = *view.input(1).quant;
  for (float& scale : quant.scales) scale *= view.input(0).quant->scale();
  if (quant.is_per_channel()) quant.axis = 0;
  return quant;
}

// The node's bias. One without parameters gets those that follow: the fast kernels of the runtime want them.
std::int32_t write_bias(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  const ir::ValueId bias = view.node().inputs[2];
  const std::optional<QuantParams> quant = bias_quant(view);
  if (quant && !view.input(2).quant && !writer.tensors().contains(bias)) writer.tensors().set_quant(bias, *quant);
  return writer.input(2);
}

// A bias of zeros for a convolution without one, which the runtime's kernels do not take.
std::int32_t write_zero_bias(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  const DType data = view.input(0).dtype;
  const DType dtype = data == DType::Float32 ? DType::Float32 : data == DType::Int16 ? DType::Int64 : DType::Int32;
  const Shape shape{view.output().shape.dim(-1)};
  ir::Value bias{.name = view.output().name + "/bias", .dtype = dtype, .shape = shape, .quant = bias_quant(view)};
  bias.constant = Tensor(dtype, shape);
  return writer.builder().add_tensor(bias);
}

// The runtime's hybrid depthwise kernel wants a scale for each channel.
void give_scales_to_channels(NodeWriter& writer) {
  const ir::NodeView& view = writer.view();
  const ir::ValueId weights = view.node().inputs[1];
  const int axis = ir::output_channel_axis(view.op());
  const std::int64_t channels = view.input(1).shape[axis];
  const std::optional<QuantParams>& quant = view.input(1).quant;
  if (!ir::is_hybrid(view) || quant->is_per_channel() || writer.tensors().contains(weights)) return;
  const std::vector<float> scales(static_cast<std::size_t>(channels), quant->scale());
  writer.tensors().set_quant(weights, QuantParams::per_channel(scales, axis));
}

std::vector<std::int32_t> weighted_inputs(NodeWriter& writer, const WindowPlan& plan, const ir::Padding2d& padding) {
  std::vector<std::int32_t> inputs;
  inputs.push_back(plan.explicit_pad ? writer.emit_padded_input(padding, 0.0F) : writer.input(0));
  inputs.push_back(writer.input(1));
  inputs.push_back(writer.view().has_input(2) ? write_bias(writer) : write_zero_bias(writer));
  return inputs;
}

}  // namespace

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
  give_scales_to_channels(writer);
  std::vector<std::int32_t> inputs = weighted_inputs(writer, plan, attrs.padding);
  OperatorTraits traits = writer.traits();
  traits.dilated = attrs.dilation != ir::Extent2d{};
  traits.per_channel = traits.per_channel || ir::is_hybrid(view);
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
  std::vector<std::int32_t> inputs{writer.input(0), writer.input(1)};
  if (view.has_input(2)) inputs.push_back(write_bias(writer));
  OperatorTraits traits = writer.traits();
  traits.has_bias = view.has_input(2);
  traits.keeps_rank = view.input(0).shape.rank() != 2;
  const auto options = schema::CreateFullyConnectedOptions(
      writer.flatbuffer(), write_activation(view.attrs<ir::FullyConnectedAttrs>().activation),
      schema::FullyConnectedOptionsWeightsFormat::DEFAULT, traits.keeps_rank, ir::is_hybrid(view));
  writer.emit(Code::FULLY_CONNECTED, std::move(inputs), as_options(options), traits);
  return {};
}

namespace {

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

}  // namespace

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

}  // namespace netfit::formats::tflite
