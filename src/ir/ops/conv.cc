// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/conv.h"

#include <fmt/format.h>

#include "ir/ops/infer.h"

namespace netfit::ir {
namespace {

// Weights and bias must have types that go with the data: f32 throughout, i8 weights under f32 data (is_hybrid), or
// i8/i4 weights and i32 bias (i64 under 16-bit activations).
Result<void> expect_parameter_types(const NodeView& node, DType data, std::int64_t channels) {
  const DType weights = node.input(1).dtype;
  const bool float_fits = data == DType::Float32 && (weights == DType::Float32 || weights == DType::Int8);
  const bool integer_fits = data != DType::Float32 && (weights == DType::Int8 || weights == DType::Int4);
  if (!float_fits && !integer_fits) {
    return bad_input(fmt::format("weights of type {} do not go with data of type {}", name(weights), name(data)));
  }
  if (!node.has_input(2)) return {};
  const Value& bias = node.input(2);
  const DType wanted = data == DType::Float32 ? DType::Float32 : data == DType::Int16 ? DType::Int64 : DType::Int32;
  if (bias.dtype != wanted && !(data == DType::Int16 && bias.dtype == DType::Int32)) {
    return bad_input(
        fmt::format("the bias has type {}, data of type {} needs {}", name(bias.dtype), name(data), name(wanted)));
  }
  if (bias.shape.rank() != 1 || bias.shape[0] != channels) {
    return bad_input(
        fmt::format("the bias has shape {}, but there are {} output channels", to_string(bias.shape), channels));
  }
  return {};
}

Result<TensorType> infer_windowed(const NodeView& node, std::int64_t channels) {
  const auto& attrs = node.attrs<Conv2dAttrs>();
  const Shape& x = node.input(0).shape;
  const Shape& w = node.input(1).shape;
  const Padding2d& pad = attrs.padding;
  NETFIT_TRY(expect_padding(pad));
  const std::int64_t height =
      NETFIT_TRY(windowed_extent(x[1], pad.top + pad.bottom, w[1], attrs.stride.height, attrs.dilation.height));
  const std::int64_t width =
      NETFIT_TRY(windowed_extent(x[2], pad.left + pad.right, w[2], attrs.stride.width, attrs.dilation.width));
  const DType dtype = NETFIT_TRY(expect_data_type(node));
  NETFIT_TRY(expect_parameter_types(node, dtype, channels));
  Shape shape = NETFIT_TRY(Shape::create(std::array{x[0], height, width, channels}));
  return TensorType{dtype, std::move(shape)};
}

Result<TensorType> infer_conv2d(const NodeView& node) {
  NETFIT_TRY(expect_rank(node, 0, 4));
  NETFIT_TRY(expect_rank(node, 1, 4));
  const std::int64_t channels = node.input(0).shape[3];
  const Shape& w = node.input(1).shape;
  if (channels < 1 || w[3] < 1 || channels % w[3] != 0 || w[0] % (channels / w[3]) != 0) {
    return bad_input(fmt::format("weights {} do not divide {} input channels into groups", to_string(w), channels));
  }
  return infer_windowed(node, w[0]);
}

Result<TensorType> infer_depthwise(const NodeView& node) {
  NETFIT_TRY(expect_rank(node, 0, 4));
  NETFIT_TRY(expect_rank(node, 1, 4));
  const std::int64_t channels = node.input(0).shape[3];
  const Shape& w = node.input(1).shape;
  if (channels < 1 || w[0] != 1 || w[3] < 1 || w[3] % channels != 0) {
    return bad_input(fmt::format("depthwise weights {} do not go with {} input channels", to_string(w), channels));
  }
  return infer_windowed(node, w[3]);
}

Result<TensorType> infer_fully_connected(const NodeView& node) {
  NETFIT_TRY(expect_rank(node, 1, 2));
  const Shape& x = node.input(0).shape;
  const Shape& w = node.input(1).shape;
  if (x.rank() < 2 || x.dim(-1) != w[1]) {
    return bad_input(fmt::format("data {} does not go with weights {}", to_string(x), to_string(w)));
  }
  const DType dtype = NETFIT_TRY(expect_data_type(node));
  NETFIT_TRY(expect_parameter_types(node, dtype, w[0]));
  std::vector<std::int64_t> dims(x.dims().begin(), x.dims().end());
  dims.back() = w[0];
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return TensorType{dtype, std::move(shape)};
}

// Every output element is a dot product over kh * kw * (channels of its group).
std::int64_t count_conv2d(const NodeView& node) {
  const Shape& w = node.input(1).shape;
  return node.output().shape.element_count() * w[1] * w[2] * w[3];
}

std::int64_t count_depthwise(const NodeView& node) {
  const Shape& w = node.input(1).shape;
  return node.output().shape.element_count() * w[1] * w[2];
}

std::int64_t count_fully_connected(const NodeView& node) {
  return node.output().shape.element_count() * node.input(1).shape[1];
}

}  // namespace

constinit const OpSpec kConv2d{
    .name = "conv2d",
    .summary = "2-D convolution, grouped by the shapes of its weights",
    .inputs = {2, 3},
    .integer = IntegerForm::Clamps,
    .codec = kCodec<Conv2dAttrs>,
    .infer = &infer_conv2d,
    .macs = &count_conv2d,
};

constinit const OpSpec kDepthwiseConv2d{
    .name = "depthwise_conv2d",
    .summary = "2-D convolution of each channel by itself",
    .inputs = {2, 3},
    .integer = IntegerForm::Clamps,
    .codec = kCodec<Conv2dAttrs>,
    .infer = &infer_depthwise,
    .macs = &count_depthwise,
};

constinit const OpSpec kFullyConnected{
    .name = "fully_connected",
    .summary = "matrix product over the last axis",
    .inputs = {2, 3},
    .integer = IntegerForm::Clamps,
    .codec = kCodec<FullyConnectedAttrs>,
    .infer = &infer_fully_connected,
    .macs = &count_fully_connected,
};

int output_channel_axis(const OpSpec& op) { return &op == &kDepthwiseConv2d ? 3 : 0; }

std::int64_t conv_groups(const NodeView& node) { return node.input(0).shape[3] / node.input(1).shape[3]; }

bool is_hybrid(const NodeView& node) {
  const bool layer = &node.op() == &kConv2d || &node.op() == &kDepthwiseConv2d || &node.op() == &kFullyConnected;
  return layer && tensor::is_float(node.input(0).dtype) && tensor::is_integer(node.input(1).dtype);
}

}  // namespace netfit::ir
