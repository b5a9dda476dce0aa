// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "formats/onnx/windows.h"
#include "ir/ops/conv.h"

namespace netfit::formats::onnx {
namespace {

constexpr std::array kOihwToOhwi{0, 2, 3, 1};
// Depthwise weights are [channels,1,kh,kw] in the file and [1,kh,kw,channels] here.
constexpr std::array kDepthwise{1, 2, 3, 0};

Result<Constant> expect_bias(const Constant& constant, std::int64_t channels) {
  if (constant.tensor.shape() == Shape{channels}) return constant;
  return bad_input(fmt::format("the bias has shape {}, but there are {} output channels",
                               to_string(constant.tensor.shape()), channels));
}

Result<void> check_weights(const NodeReader& node, const Shape& weights, std::int64_t channels, std::int64_t groups) {
  if (weights.rank() != 4 || weights.element_count() == 0) {
    return bad_input(fmt::format("weights of shape {} are not supported (allowed: 4 axes, as in o x i x h x w)",
                                 to_string(weights)));
  }
  if (groups < 1 || channels % groups != 0 || weights[0] % groups != 0) {
    return bad_input(
        fmt::format("{} groups do not divide {} input and {} output channels", groups, channels, weights[0]));
  }
  if (weights[1] != channels / groups) {
    return bad_input(fmt::format("weights {} have {} input channels, the data has {} in {} groups", to_string(weights),
                                 weights[1], channels, groups));
  }
  const auto kernel = NETFIT_TRY(read_kernel_shape(node));
  if (kernel && *kernel != ir::Extent2d{weights[2], weights[3]}) {
    return bad_input(fmt::format("kernel_shape is {}, the weights are {}", ir::attr_text(*kernel), to_string(weights)));
  }
  return {};
}

}  // namespace

Result<void> read_conv(NodeReader& node) {
  NETFIT_TRY(expect_image(node));
  const Constant* weights = NETFIT_TRY(node.expect_constant(1, "weights"));
  const Shape image = node.input_shape(0);
  const Shape kernel = weights->tensor.shape();
  const std::int64_t groups = NETFIT_TRY(node.integer("group", 1));
  NETFIT_TRY(check_weights(node, kernel, image[1], groups));
  const Windows windows = NETFIT_TRY(read_windows(node, image, {kernel[2], kernel[3]}));

  const ir::ValueId value = NETFIT_TRY(node.data(0));
  std::vector<ir::ValueId> inputs{NETFIT_TRY(node.channels_last(value))};
  const bool depthwise = groups > 1 && groups == image[1];
  const std::array<int, 4>& perm = depthwise ? kDepthwise : kOihwToOhwi;
  inputs.push_back(NETFIT_TRY(node.parameter(1, depthwise ? "depthwise" : "conv", [&](const Constant& constant) {
    return Result<Constant>(transposed(constant, perm));
  })));
  if (node.has_input(2)) {
    NETFIT_TRY(node.expect_constant(2, "biases"));
    inputs.push_back(
        NETFIT_TRY(node.parameter(2, "", [&](const Constant& constant) { return expect_bias(constant, kernel[0]); })));
  }
  const ir::Conv2dAttrs attrs{.stride = windows.stride, .dilation = windows.dilation, .padding = windows.padding};
  return node.finish_channels_last(depthwise ? ir::kDepthwiseConv2d : ir::kConv2d, std::move(inputs),
                                   ir::Attrs::of(attrs));
}

}  // namespace netfit::formats::onnx
