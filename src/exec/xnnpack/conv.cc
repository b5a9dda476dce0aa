// SPDX-License-Identifier: Apache-2.0
#include "exec/conv_shape.h"
#include "exec/quantized.h"
#include "exec/xnnpack/operator_step.h"
#include "exec/xnnpack/operators.h"

namespace netfit::exec::xnnpack {
namespace {

std::uint32_t u32(std::int64_t value) { return static_cast<std::uint32_t>(value); }
std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }

// The flag says in which order the weights lie; XNNPACK wants it only where every group has one input channel.
std::uint32_t flags(const ConvShape& shape) { return shape.depthwise_weights ? XNN_FLAG_DEPTHWISE_CONVOLUTION : 0; }

// What every kind of convolution begins with, handed to XNNPACK's function in front of the rest.
template <typename Create, typename... Rest>
xnn_status create_conv(Create create, const ConvShape& shape, Rest... rest) {
  const ir::Conv2dAttrs& attrs = shape.attrs;
  return create(u32(attrs.padding.top), u32(attrs.padding.right), u32(attrs.padding.bottom), u32(attrs.padding.left),
                u32(shape.kernel_height), u32(shape.kernel_width), u32(attrs.stride.height), u32(attrs.stride.width),
                u32(attrs.dilation.height), u32(attrs.dilation.width), u32(shape.groups),
                size(shape.in_channels / shape.groups), size(shape.out_channels / shape.groups),
                size(shape.in_channels), size(shape.out_channels), rest...);
}

Result<std::unique_ptr<Step>> make_float(const NodeContext& context, const ConvShape& shape) {
  const ir::NodeView& node = context.node;
  const ir::ActivationRange range = ir::range_of(shape.attrs.activation);
  const float* bias = node.has_input(2) ? node.input(2).constant->data<float>().data() : nullptr;
  xnn_operator_t op = nullptr;
  const xnn_status status =
      create_conv(&xnn_create_convolution2d_nhwc_f32, shape, node.input(1).constant->data<float>().data(), bias,
                  range.low, range.high, flags(shape), &op);
  return finish(status, op, [shape](xnn_operator_t self, const StepBuffers& buffers) {
    return xnn_setup_convolution2d_nhwc_f32(self, size(shape.images), size(shape.in_height), size(shape.in_width),
                                            reinterpret_cast<const float*>(buffers.inputs[0]),
                                            reinterpret_cast<float*>(buffers.output), nullptr);
  });
}

Result<std::unique_ptr<Step>> make_int8(const NodeContext& context, const ConvShape& shape) {
  const ir::NodeView& node = context.node;
  const ir::Value& weights = node.input(1);
  const auto in = byte_quant(node.input(0), context.storage);
  const auto out = byte_quant(node.output(), context.storage);
  const auto scales = weight_scales(weights, shape.out_channels);
  const bool known_weights = weights.dtype == DType::Int8 || weights.dtype == DType::Int4;
  const bool known_bias = !node.has_input(2) || node.input(2).dtype == DType::Int32;
  if (!in || !out || in->is_unsigned || out->is_unsigned || !scales || !known_weights || !known_bias) return nullptr;

  const Tensor bytes = weights.dtype == DType::Int4 ? tensor::unpack_int4(*weights.constant) : *weights.constant;
  const std::int32_t* bias = node.has_input(2) ? node.input(2).constant->data<std::int32_t>().data() : nullptr;
  const ByteRange range = clamped_range(*out, shape.attrs.activation);
  xnn_operator_t op = nullptr;
  const xnn_status status = create_conv(
      &xnn_create_convolution2d_nhwc_qc8, shape, static_cast<std::int8_t>(in->zero_point), in->scale, scales->data(),
      bytes.data<std::int8_t>().data(), bias, static_cast<std::int8_t>(out->zero_point), out->scale,
      static_cast<std::int8_t>(range.low), static_cast<std::int8_t>(range.high), flags(shape), &op);
  return finish(status, op, [shape](xnn_operator_t self, const StepBuffers& buffers) {
    return xnn_setup_convolution2d_nhwc_qc8(self, size(shape.images), size(shape.in_height), size(shape.in_width),
                                            reinterpret_cast<const std::int8_t*>(buffers.inputs[0]),
                                            reinterpret_cast<std::int8_t*>(buffers.output), nullptr);
  });
}

}  // namespace

Result<std::unique_ptr<Step>> make_conv(const NodeContext& context) {
  const std::optional<ConvShape> shape = conv_shape(context);
  if (!shape) return nullptr;
  if (context.node.input(0).dtype == DType::Float32) return make_float(context, *shape);
  return make_int8(context, *shape);
}

}  // namespace netfit::exec::xnnpack
