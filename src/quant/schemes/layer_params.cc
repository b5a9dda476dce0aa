// SPDX-License-Identifier: Apache-2.0
//
// Weights are symmetric per output channel: scale = max|w| / 127, integers in [-127, 127], whose rounding errors cancel
// within a channel that has a window (balanced_rounding.h). The bias is in units of data scale * weight scale, because
// that is what it is added to.
//
// Where the weights of a channel are tiny or all zero ("dead", as pruning and batch norm leave them), that unit would
// be so small that the bias does not fit into 32 bits, or that the multiplier from the accumulator to the result
// underflows the fixed-point form (below 2^-32 it is zero) and the bias is lost. Such a channel gets a larger scale:
// its weights lose bits that could not have moved the result.

#include "quant/schemes/layer_params.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "ir/ops/conv.h"
#include "passes/layer_channels.h"
#include "quant/schemes/balanced_rounding.h"

namespace netfit::quant {
namespace {

using passes::Channels;
using passes::channels_of;

constexpr double kMost = 127;                 // of a weight: symmetric, so not -128
constexpr double kMostBias = 1 << 30;         // leaves half of the accumulator to the sum of products
constexpr double kLeastMultiplier = 0x1p-30;  // four times what the fixed-point form can hold

std::vector<float> weight_scales(const ir::NodeView& layer, std::span<const float> weights,
                                 const std::vector<double>& bias, const LayerScales& scales) {
  std::vector<double> largest(bias.size(), 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double& channel = largest[channels_of(layer, i).output];
    channel = std::max(channel, std::fabs(static_cast<double>(weights[i])));
  }
  const auto data = static_cast<double>(scales.data);
  std::vector<float> result;
  for (std::size_t c = 0; c < largest.size(); ++c) {
    const double for_bias = std::fabs(bias[c]) / (data * kMostBias);
    const double for_multiplier = kLeastMultiplier * static_cast<double>(scales.result) / data;
    result.push_back(static_cast<float>(std::max({largest[c] / kMost, for_bias, for_multiplier})));
  }
  return result;
}

// Taps of a window see neighbouring pixels, which are alike; what several channels hold at one place is not.
bool has_window(const ir::NodeView& layer) {
  if (!layer.node().attrs.holds<ir::Conv2dAttrs>()) return false;
  const Shape& weights = layer.input(1).shape;
  return weights[1] * weights[2] > 1;
}

// The weights in steps of their channel's scale, as integers, in the order of the tensor.
std::vector<double> round_weights(const ir::NodeView& layer, const std::vector<float>& scales) {
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  std::vector<double> rounded;
  std::vector<std::vector<std::size_t>> places(scales.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t c = channels_of(layer, i).output;
    places[c].push_back(i);
    rounded.push_back(std::clamp(static_cast<double>(weights[i]) / static_cast<double>(scales[c]), -kMost, kMost));
  }
  if (!has_window(layer)) {
    for (double& weight : rounded) weight = std::round(weight);
    return rounded;
  }
  for (const std::vector<std::size_t>& channel : places) {
    std::vector<double> steps;
    for (const std::size_t i : channel) steps.push_back(rounded[i]);
    const std::vector<double> integers = round_balanced(steps, kMost);
    for (std::size_t i = 0; i < integers.size(); ++i) rounded[channel[i]] = integers[i];
  }
  return rounded;
}

}  // namespace

LayerParameters quantize_layer(const ir::NodeView& layer, const LayerScales& scales) {
  const Shape& shape = layer.input(1).shape;
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  const int axis = ir::output_channel_axis(layer.op());
  std::vector<double> bias(static_cast<std::size_t>(shape[axis]), 0.0);
  if (layer.has_input(2)) bias = tensor::to_doubles(*layer.input(2).constant);
  const std::vector<float> weight_scale = weight_scales(layer, weights, bias, scales);

  Tensor integers(DType::Int8, shape);
  const std::span<std::int8_t> out = integers.mutable_data<std::int8_t>();
  const std::vector<double> rounded = round_weights(layer, weight_scale);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Channels channels = channels_of(layer, i);
    out[i] = static_cast<std::int8_t>(rounded[i]);
    if (scales.centre.empty()) continue;
    const double lost =
        static_cast<double>(weights[i]) - rounded[i] * static_cast<double>(weight_scale[channels.output]);
    bias[channels.output] += lost * static_cast<double>(scales.centre[channels.input]);
  }
  Tensor bias_integers(DType::Int32, Shape{std::ssize(bias)});
  std::vector<float> bias_scale;
  for (std::size_t c = 0; c < bias.size(); ++c) {
    bias_scale.push_back(scales.data * weight_scale[c]);
    const double scaled = bias[c] / (static_cast<double>(scales.data) * static_cast<double>(weight_scale[c]));
    bias_integers.mutable_data<std::int32_t>()[c] =
        static_cast<std::int32_t>(std::clamp(std::round(scaled), -kMostBias, kMostBias));
  }
  return {.weights = {std::move(integers), QuantParams::per_channel(weight_scale, axis)},
          .bias = {std::move(bias_integers), QuantParams::per_channel(std::move(bias_scale), 0)}};
}

}  // namespace netfit::quant
