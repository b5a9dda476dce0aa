// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"
#include "ir/ops/conv.h"

namespace netfit::formats::ncnn {
namespace {

using ir::ValueId;

constexpr std::int64_t kMostChannels = std::int64_t{1} << 24;
constexpr std::int64_t kSameUpper = -233;
constexpr std::int64_t kSameLower = -234;

struct Convolution {
  std::int64_t channels = 0;
  std::int64_t groups = 1;
  bool bias = false;
  std::int64_t weight_count = 0;
  DType type = DType::Float32;
  Window window;
  LayerActivation activation;
};

Result<Convolution> read_shared(const LayerView& view) {
  const Params& params = view.params();
  Convolution conv;
  conv.channels = NETFIT_TRY(params.within(0, 0, 1, kMostChannels));
  if (view.layer.type.ends_with("DepthWise")) conv.groups = NETFIT_TRY(params.within(7, 1, 1, kMostChannels));
  conv.bias = NETFIT_TRY(params.within(5, 0, 0, 1)) == 1;
  conv.weight_count = NETFIT_TRY(params.whole(6, 0));
  conv.type = NETFIT_TRY(weight_type(params));
  conv.window = NETFIT_TRY(read_window(params));
  conv.activation = NETFIT_TRY(read_activation(params));
  if (NETFIT_TRY(params.whole(19, 0)) != 0) return bad_input("weights that are computed (19=1) are not supported");
  return conv;
}

// `weights` must be as many as parameter 6 says: a check of all that we understood of the layer.
Result<void> check_weights(const Importer& importer, ValueId weights, const Convolution& conv) {
  const std::int64_t count = importer.shape(weights).element_count();
  if (count == conv.weight_count) return {};
  return bad_input(fmt::format("parameter 6 states {} weights, but shape {} has {}", conv.weight_count,
                               to_string(importer.shape(weights)), count));
}

Result<void> check_groups(std::int64_t channels, const Convolution& conv) {
  if (channels % conv.groups == 0 && conv.channels % conv.groups == 0) return {};
  return bad_input(
      fmt::format("{} groups do not divide {} input and {} output channels", conv.groups, channels, conv.channels));
}

// TensorFlow's SAME, which depends on the size of the image.
ir::Padding2d same_padding(const Shape& shape, const Window& window) {
  const auto total = [](std::int64_t in, std::int64_t reach, std::int64_t stride) {
    const std::int64_t out = (in + stride - 1) / stride;
    return std::max<std::int64_t>((out - 1) * stride + reach - in, 0);
  };
  const std::int64_t h = total(shape[1], window.dilation.height * (window.extent.height - 1) + 1, window.stride.height);
  const std::int64_t w = total(shape[2], window.dilation.width * (window.extent.width - 1) + 1, window.stride.width);
  const std::int64_t odd = window.same_lower ? 1 : 0;
  const std::int64_t top = (h + odd) / 2;
  const std::int64_t left = (w + odd) / 2;
  return {top, h - top, left, w - left};
}

ReadResult finish(Importer& importer, const LayerView& view, ValueId y, const LayerActivation& activation) {
  return activation.needs_node() ? add_activation(importer, y, activation, view.result()) : y;
}

// A 1x1 window over a blob without image is a matrix product.
ReadResult read_as_dense(Importer& importer, const LayerView& view, const Convolution& conv) {
  const ValueId x = view.inputs[0];
  const ValueId weights =
      NETFIT_TRY(importer.weights({conv.channels, importer.shape(x).dim(-1)}, "weights", conv.type));
  NETFIT_TRY(check_weights(importer, weights, conv));
  std::vector<ValueId> inputs{x, weights};
  if (conv.bias) inputs.push_back(NETFIT_TRY(importer.weights({conv.channels}, "bias")));
  const ValueId y = NETFIT_TRY(importer.add(ir::kFullyConnected, inputs,
                                            ir::Attrs::of(ir::FullyConnectedAttrs{conv.activation.fused}),
                                            before_activation(view, conv.activation)));
  return finish(importer, view, y, conv.activation);
}

}  // namespace

Result<Window> read_window(const Params& params) {
  constexpr std::int64_t kMost = std::int64_t{1} << 20;
  Window window;
  const auto pair = [&params](int first, std::int64_t fallback) -> Result<ir::Extent2d> {
    const std::int64_t width = NETFIT_TRY(params.within(first, fallback, 1, kMost));
    return ir::Extent2d{NETFIT_TRY(params.within(first + 10, width, 1, kMost)), width};
  };
  window.extent = NETFIT_TRY(pair(1, 0));
  window.dilation = NETFIT_TRY(pair(2, 1));
  window.stride = NETFIT_TRY(pair(3, 1));
  const std::int64_t left = NETFIT_TRY(params.within(4, 0, kSameLower, kMost));
  window.same_upper = left == kSameUpper;
  window.same_lower = left == kSameLower;
  if (window.same_upper || window.same_lower) return window;
  window.padding.left = NETFIT_TRY(params.within(4, 0, 0, kMost));
  window.padding.top = NETFIT_TRY(params.within(14, left, 0, kMost));
  window.padding.right = NETFIT_TRY(params.within(15, left, 0, kMost));
  window.padding.bottom = NETFIT_TRY(params.within(16, window.padding.top, 0, kMost));
  return window;
}

ReadResult read_convolution(Importer& importer, const LayerView& view) {
  const Convolution conv = NETFIT_TRY(read_shared(view));
  const ValueId x = view.inputs[0];
  const Window& window = conv.window;
  if (importer.blob_rank(x) == 1 && window.extent == ir::Extent2d{} && conv.groups == 1) {
    return read_as_dense(importer, view, conv);
  }
  if (importer.blob_rank(x) != 3) {
    return bad_input(fmt::format("reads shape {}, which is no image", to_string(importer.shape(x))));
  }
  const std::int64_t channels = importer.shape(x)[3];
  NETFIT_TRY(check_groups(channels, conv));
  const bool depthwise = conv.groups > 1 && conv.groups == channels;
  const Dims kernel = depthwise
                          ? Dims{1, window.extent.height, window.extent.width, conv.channels}
                          : Dims{conv.channels, window.extent.height, window.extent.width, channels / conv.groups};
  std::vector<ValueId> inputs{x, NETFIT_TRY(importer.weights(kernel, "weights", conv.type))};
  NETFIT_TRY(check_weights(importer, inputs[1], conv));
  if (conv.bias) inputs.push_back(NETFIT_TRY(importer.weights({conv.channels}, "bias")));
  const bool same = window.same_upper || window.same_lower;
  const ir::Conv2dAttrs attrs{.stride = window.stride,
                              .dilation = window.dilation,
                              .padding = same ? same_padding(importer.shape(x), window) : window.padding,
                              .activation = conv.activation.fused};
  const ValueId y = NETFIT_TRY(importer.add(depthwise ? ir::kDepthwiseConv2d : ir::kConv2d, inputs,
                                            ir::Attrs::of(attrs), before_activation(view, conv.activation)));
  return finish(importer, view, y, conv.activation);
}

// Every input pixel meets the whole window.
ReadResult read_deconvolution(Importer& importer, const LayerView& view) {
  Convolution conv = NETFIT_TRY(read_shared(view));
  conv.activation.fused = ir::Activation::None;
  const ValueId x = view.inputs[0];
  const Window& window = conv.window;
  if (importer.blob_rank(x) != 3) {
    return bad_input(fmt::format("reads shape {}, which is no image", to_string(importer.shape(x))));
  }
  if (window.same_upper || window.same_lower) return bad_input("parameter 4 is negative (allowed: 0 or more)");
  // A copy: adding values moves those of the graph.
  const Shape in = importer.shape(x);
  NETFIT_TRY(check_groups(in[3], conv));
  const std::int64_t more_right = NETFIT_TRY(view.params().within(18, 0, 0, 1 << 20));
  const std::int64_t more_bottom = NETFIT_TRY(view.params().within(19, more_right, 0, 1 << 20));
  const auto extent = [](std::int64_t pixels, std::int64_t stride, std::int64_t reach, std::int64_t change) {
    return (pixels - 1) * stride + reach + change;
  };
  const ir::Padding2d& pad = window.padding;
  const std::int64_t height =
      extent(in[1], window.stride.height, window.dilation.height * (window.extent.height - 1) + 1,
             more_bottom - pad.top - pad.bottom);
  const std::int64_t width = extent(in[2], window.stride.width, window.dilation.width * (window.extent.width - 1) + 1,
                                    more_right - pad.left - pad.right);
  const Dims kernel{conv.channels, window.extent.height, window.extent.width, in[3] / conv.groups};
  std::vector<ValueId> inputs{x, NETFIT_TRY(importer.weights(kernel, "weights"))};
  NETFIT_TRY(check_weights(importer, inputs[1], conv));
  if (conv.bias) inputs.push_back(NETFIT_TRY(importer.weights({conv.channels}, "bias")));
  const std::int64_t macs = in[1] * in[2] * importer.shape(inputs[1]).element_count();
  const ValueId y = NETFIT_TRY(importer.add({kind_of(view), {1, height, width, conv.channels}, macs}, inputs,
                                            before_activation(view, conv.activation)));
  return finish(importer, view, y, conv.activation);
}

}  // namespace netfit::formats::ncnn
