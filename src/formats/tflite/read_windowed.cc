// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "formats/tflite/operators.h"
#include "formats/tflite/tensor_types.h"
#include "ir/ops/conv.h"
#include "ir/ops/pool.h"
#include "ir/ops/shape.h"

namespace netfit::formats::tflite {
namespace {

// The file says SAME or VALID; the graph says how many pixels.
Result<ir::Padding2d> read_padding(schema::Padding padding, const Shape& image, const ir::Extent2d& window,
                                   const ir::Extent2d& stride, const ir::Extent2d& dilation) {
  if (padding == schema::Padding::VALID) return ir::Padding2d{};
  if (padding != schema::Padding::SAME) {
    return bad_input(fmt::format("padding {} is unknown (allowed: SAME, VALID)", static_cast<int>(padding)));
  }
  if (image.rank() != 4) return bad_input(fmt::format("data {} is not an image (rank 4)", to_string(image)));
  for (const ir::Extent2d& extent : {window, stride, dilation}) {
    if (extent.height < 1 || extent.width < 1) {
      return bad_input(fmt::format("window, stride or dilation {} is below 1", attr_text(extent)));
    }
  }
  return same_padding(image, window, stride, dilation);
}

// Conv2DOptions and DepthwiseConv2DOptions share what we need of them.
template <typename Options>
Result<void> read_convolution(OpReader& reader, const ir::OpSpec& op) {
  NETFIT_TRY(reader.expect_inputs(2, 3));
  const Options* options = NETFIT_TRY(reader.options<Options>());
  std::vector<ir::ValueId> inputs{NETFIT_TRY(reader.input(0))};
  inputs.push_back(NETFIT_TRY(reader.input(1)));
  if (reader.has_input(2)) inputs.push_back(NETFIT_TRY(reader.input(2)));
  const Shape& weights = reader.shape(inputs[1]);
  if (weights.rank() != 4) return bad_input(fmt::format("the weights have shape {}, need rank 4", to_string(weights)));
  ir::Conv2dAttrs attrs;
  attrs.stride = {options->stride_h(), options->stride_w()};
  attrs.dilation = {options->dilation_h_factor(), options->dilation_w_factor()};
  attrs.activation = NETFIT_TRY(read_activation(options->fused_activation_function()));
  attrs.padding = NETFIT_TRY(read_padding(options->padding(), reader.shape(inputs[0]), {weights[1], weights[2]},
                                          attrs.stride, attrs.dilation));
  return reader.emit(op, std::move(inputs), ir::Attrs::of(attrs));
}

Result<void> read_pool(OpReader& reader, const ir::OpSpec& op) {
  NETFIT_TRY(reader.expect_inputs(1, 1));
  const auto* options = NETFIT_TRY(reader.options<schema::Pool2DOptions>());
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  ir::Pool2dAttrs attrs;
  attrs.window = {options->filter_height(), options->filter_width()};
  attrs.stride = {options->stride_h(), options->stride_w()};
  attrs.activation = NETFIT_TRY(read_activation(options->fused_activation_function()));
  attrs.padding = NETFIT_TRY(read_padding(options->padding(), reader.shape(data), attrs.window, attrs.stride, {}));
  return reader.emit(op, {data}, ir::Attrs::of(attrs));
}

}  // namespace

Result<void> read_conv(OpReader& reader) { return read_convolution<schema::Conv2DOptions>(reader, ir::kConv2d); }

Result<void> read_depthwise_conv(OpReader& reader) {
  return read_convolution<schema::DepthwiseConv2DOptions>(reader, ir::kDepthwiseConv2d);
}

Result<void> read_fully_connected(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(2, 3));
  const auto* options = NETFIT_TRY(reader.options<schema::FullyConnectedOptions>());
  if (options->weights_format() != schema::FullyConnectedOptionsWeightsFormat::DEFAULT) {
    return bad_input("shuffled weights are not supported");
  }
  std::vector<ir::ValueId> inputs{NETFIT_TRY(reader.input(0))};
  inputs.push_back(NETFIT_TRY(reader.input(1)));
  if (reader.has_input(2)) inputs.push_back(NETFIT_TRY(reader.input(2)));
  const Shape& weights = reader.shape(inputs[1]);
  if (weights.rank() != 2) return bad_input(fmt::format("the weights have shape {}, need rank 2", to_string(weights)));
  const bool hybrid = reader.import().graph().value(inputs[0]).dtype == DType::Float32 &&
                      reader.import().graph().value(inputs[1]).dtype == DType::Int8;
  if (hybrid && !options->asymmetric_quantize_inputs()) {
    return bad_input("INT8 weights under activations that are quantized symmetrically are not supported");
  }
  const Shape& data = reader.shape(inputs[0]);
  // Without keep_num_dims the operator sees a matrix with as many columns as the weights.
  const bool flattens = !options->keep_num_dims() && (data.rank() != 2 || data[1] != weights[1]);
  if (flattens) {
    if (weights[1] < 1 || data.element_count() % weights[1] != 0) {
      return bad_input(fmt::format("data {} does not go with weights {}", to_string(data), to_string(weights)));
    }
    const ir::ReshapeAttrs matrix{{data.element_count() / weights[1], weights[1]}};
    inputs[0] = NETFIT_TRY(reader.emit_before(ir::kReshape, inputs[0], ir::Attrs::of(matrix)));
  }
  const ir::Activation activation = NETFIT_TRY(read_activation(options->fused_activation_function()));
  return reader.emit(ir::kFullyConnected, std::move(inputs), ir::Attrs::of(ir::FullyConnectedAttrs{activation}));
}

Result<void> read_average_pool(OpReader& reader) { return read_pool(reader, ir::kAveragePool2d); }
Result<void> read_max_pool(OpReader& reader) { return read_pool(reader, ir::kMaxPool2d); }

}  // namespace netfit::formats::tflite
