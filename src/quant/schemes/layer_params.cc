// SPDX-License-Identifier: Apache-2.0
//
// Weights are symmetric, per output channel or as a whole: scale = max|w| / 127, integers in [-127, 127] (in 4 bits:
// 7), whose rounding errors cancel within a channel that has a window (balanced_rounding.h). The bias is in units of
// data scale * weight scale, because that is what it is added to. It stays within 32 bits where its type has 64: no
// more is ever needed, and file formats without a 64-bit bias can hold it.
//
// Where the weights of a channel are tiny or all zero ("dead", as pruning and batch norm leave them), that unit would
// be so small that the bias does not fit into 32 bits, or that the multiplier from the accumulator to the result
// underflows the fixed-point form (below 2^-32 it is zero) and the bias is lost. Such a channel gets a larger scale:
// its weights lose bits that could not have moved the result.

#include "quant/schemes/layer_params.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "ir/ops/conv.h"
#include "passes/layer_channels.h"
#include "quant/schemes/balanced_rounding.h"

namespace netfit::quant {
namespace {

using passes::Channels;
using passes::channels_of;

constexpr double kMostBias = 1 << 30;         // leaves half of the accumulator to the sum of products
constexpr double kLeastMultiplier = 0x1p-30;  // four times what the fixed-point form can hold

std::size_t output_channels(const ir::NodeView& layer) {
  return static_cast<std::size_t>(layer.input(1).shape[ir::output_channel_axis(layer.op())]);
}

// The greatest integer of a weight: symmetric, so neither -128 nor -8.
double greatest(WeightType type) { return type == WeightType::Int4 ? 7 : 127; }

std::vector<double> largest_weights(const ir::NodeView& layer) {
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  std::vector<double> largest(output_channels(layer), 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double& channel = largest[channels_of(layer, i).output];
    channel = std::max(channel, std::fabs(static_cast<double>(weights[i])));
  }
  return largest;
}

QuantParams as_params(const ir::NodeView& layer, std::vector<float> scales, Granularity granularity) {
  if (granularity == Granularity::PerTensor) return QuantParams::per_tensor(*std::ranges::max_element(scales), 0);
  return QuantParams::per_channel(std::move(scales), ir::output_channel_axis(layer.op()));
}

QuantParams weight_params(const ir::NodeView& layer, const std::vector<double>& bias, const LayerScales& scales,
                          const Precision& precision) {
  const std::vector<double> largest = largest_weights(layer);
  const auto data = static_cast<double>(scales.data);
  std::vector<float> result;
  for (std::size_t c = 0; c < largest.size(); ++c) {
    const double for_bias = std::fabs(bias[c]) / (data * kMostBias);
    const double for_multiplier = kLeastMultiplier * static_cast<double>(scales.result) / data;
    result.push_back(
        static_cast<float>(std::max({largest[c] / greatest(precision.weights), for_bias, for_multiplier})));
  }
  return as_params(layer, std::move(result), precision.granularity);
}

// Nothing but the weights counts; a channel of zeros needs a scale all the same.
QuantParams weight_params(const ir::NodeView& layer, const Precision& precision) {
  std::vector<float> result;
  for (const double largest : largest_weights(layer)) {
    result.push_back(
        std::max(static_cast<float>(largest / greatest(precision.weights)), std::numeric_limits<float>::min()));
  }
  return as_params(layer, std::move(result), precision.granularity);
}

// Taps of a window see neighbouring pixels, which are alike; what several channels hold at one place is not.
bool has_window(const ir::NodeView& layer) {
  if (!layer.node().attrs.holds<ir::Conv2dAttrs>()) return false;
  const Shape& weights = layer.input(1).shape;
  return weights[1] * weights[2] > 1;
}

// The weights in steps of their scale, as integers, in the order of the tensor.
std::vector<double> round_weights(const ir::NodeView& layer, const QuantParams& params, double most) {
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  std::vector<double> rounded;
  std::vector<std::vector<std::size_t>> places(output_channels(layer));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t c = channels_of(layer, i).output;
    places[c].push_back(i);
    const auto scale = static_cast<double>(params.scale(static_cast<std::int64_t>(c)));
    rounded.push_back(std::clamp(static_cast<double>(weights[i]) / scale, -most, most));
  }
  if (!has_window(layer)) {
    for (double& weight : rounded) weight = std::round(weight);
    return rounded;
  }
  for (const std::vector<std::size_t>& channel : places) {
    std::vector<double> steps;
    for (const std::size_t i : channel) steps.push_back(rounded[i]);
    const std::vector<double> integers = round_balanced(steps, most);
    for (std::size_t i = 0; i < integers.size(); ++i) rounded[channel[i]] = integers[i];
  }
  return rounded;
}

bool is_given(const LayerRounding& rounding) { return rounding.integers.element_count() > 0; }

// i8, whatever will store them.
QuantizedTensor integers_of(const ir::NodeView& layer, QuantParams params, WeightType type) {
  QuantizedTensor result{Tensor(DType::Int8, layer.input(1).shape), std::move(params)};
  const std::vector<double> rounded = round_weights(layer, result.params, greatest(type));
  std::ranges::transform(rounded, result.tensor.mutable_data<std::int8_t>().begin(),
                         [](double integer) { return static_cast<std::int8_t>(integer); });
  return result;
}

Tensor stored(Tensor integers, WeightType type) {
  return type == WeightType::Int4 ? tensor::pack_int4(integers) : std::move(integers);
}

// What rounding does to the result at the centre of the data.
void add_lost_at_centre(const ir::NodeView& layer, const QuantizedTensor& integers, const std::vector<float>& centre,
                        std::vector<double>& bias) {
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  const std::span<const std::int8_t> rounded = integers.tensor.data<std::int8_t>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Channels channels = channels_of(layer, i);
    const auto scale = static_cast<double>(integers.params.scale(static_cast<std::int64_t>(channels.output)));
    const double lost = static_cast<double>(weights[i]) - static_cast<double>(rounded[i]) * scale;
    bias[channels.output] += lost * static_cast<double>(centre[channels.input]);
  }
}

// Multiplied in double, because that is how kernels make the multiplier of the sum that the bias is added to.
template <typename T>
Tensor bias_integers(const std::vector<double>& bias, double data_scale, const QuantParams& weights) {
  Tensor result(tensor::dtype_of<T>(), Shape{std::ssize(bias)});
  const std::span<T> out = result.mutable_data<T>();
  for (std::size_t c = 0; c < bias.size(); ++c) {
    const double steps = bias[c] / (data_scale * static_cast<double>(weights.scale(static_cast<std::int64_t>(c))));
    out[c] = static_cast<T>(std::clamp(std::round(steps), -kMostBias, kMostBias));
  }
  return result;
}

QuantParams bias_params(float data_scale, const QuantParams& weights) {
  QuantParams result = weights;
  for (float& scale : result.scales) scale = data_scale * scale;
  if (result.is_per_channel()) result.axis = 0;
  return result;
}

}  // namespace

std::vector<double> shifted_bias(const ir::NodeView& layer, const LayerRounding& rounding) {
  std::vector<double> bias(output_channels(layer), 0.0);
  if (layer.has_input(2)) bias = tensor::to_doubles(*layer.input(2).constant);
  for (std::size_t c = 0; c < rounding.bias_shift.size(); ++c) bias[c] += static_cast<double>(rounding.bias_shift[c]);
  return bias;
}

LayerParameters quantize_layer(const ir::NodeView& layer, const LayerScales& scales, const Precision& precision,
                               const LayerRounding& rounding) {
  std::vector<double> bias = shifted_bias(layer, rounding);
  const QuantizedTensor integers =
      is_given(rounding) ? QuantizedTensor{rounding.integers, rounding.params}
                         : integers_of(layer, weight_params(layer, bias, scales, precision), precision.weights);
  if (!scales.centre.empty()) add_lost_at_centre(layer, integers, scales.centre, bias);
  const auto data_scale = static_cast<double>(scales.data);
  const bool wide = precision.activations == Arithmetic::Int16;
  return {.weights = {stored(integers.tensor, precision.weights), integers.params},
          .bias = {wide ? bias_integers<std::int64_t>(bias, data_scale, integers.params)
                        : bias_integers<std::int32_t>(bias, data_scale, integers.params),
                   bias_params(scales.data, integers.params)}};
}

QuantizedTensor quantize_weights(const ir::NodeView& layer, const Precision& precision, const LayerRounding& rounding) {
  QuantizedTensor integers = is_given(rounding)
                                 ? QuantizedTensor{rounding.integers, rounding.params}
                                 : integers_of(layer, weight_params(layer, precision), precision.weights);
  integers.tensor = stored(std::move(integers.tensor), precision.weights);
  return integers;
}

}  // namespace netfit::quant
