// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/depthwise_conv2d.h"

#include "interp/kernels/hybrid.h"
#include "interp/kernels/output_stage.h"
#include "interp/kernels/window.h"
#include "ir/ops/conv.h"

// The innermost loop runs over channels, so it vectorizes without touching the order of summation: kernel row, kernel
// column.
namespace netfit::interp {
namespace {

// One element for each tap and output channel, as sums.
template <typename In>
std::vector<Sum<In>> widen_weights(const Tensor& weights, std::int64_t /*groups*/) {
  std::vector<Sum<In>> widened;
  widened.reserve(static_cast<std::size_t>(weights.element_count()));
  for (const Weight<In> element : weights.data<Weight<In>>()) widened.push_back(static_cast<Sum<In>>(element));
  return widened;
}

// sums[c] += pixel[c / multiplier] * weights[c].
template <typename T>
void add_tap(const T* pixel, const T* weights, std::int64_t channels, std::int64_t multiplier, T* sums) {
  if (multiplier == 1) {
    for (std::int64_t c = 0; c < channels; ++c) sums[c] += pixel[c] * weights[c];
    return;
  }
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t m = 0; m < multiplier; ++m) sums[c * multiplier + m] += pixel[c] * weights[c * multiplier + m];
  }
}

template <typename In, typename Stage>
Tensor convolve(const Tensor& image, const std::vector<Sum<In>>& weights, const Tensor& bias, const Window& window,
                const Stage& finish) {
  const std::int64_t channels = image.shape()[3];
  const std::int64_t outputs = std::ssize(weights) / (window.rows.taps * window.columns.taps);
  const std::vector<Sum<In>> pixels = centred<In>(image, finish.zero_point());
  const std::vector<Sum<In>> biases = bias_of<In>(bias, outputs);

  using Out = typename Stage::Out;
  Tensor result(tensor::dtype_of<Out>(), Shape{1, window.rows.out, window.columns.out, outputs});
  Out* out = result.mutable_data<Out>().data();
  std::vector<Sum<In>> sums(static_cast<std::size_t>(outputs));
  for (std::int64_t row = 0; row < window.rows.out; ++row) {
    const Interval rows = window.rows.taps_inside(row);
    for (std::int64_t column = 0; column < window.columns.out; ++column, out += outputs) {
      const Interval columns = window.columns.taps_inside(column);
      std::ranges::fill(sums, Sum<In>{});
      for (std::int64_t ky = rows.begin; ky < rows.end; ++ky) {
        const std::int64_t y = window.rows.origin(row) + ky * window.rows.dilation;
        for (std::int64_t kx = columns.begin; kx < columns.end; ++kx) {
          const std::int64_t x = window.columns.origin(column) + kx * window.columns.dilation;
          add_tap(pixels.data() + (y * window.columns.in + x) * channels,
                  weights.data() + (ky * window.columns.taps + kx) * outputs, channels, outputs / channels,
                  sums.data());
        }
      }
      for (std::int64_t c = 0; c < outputs; ++c) {
        const auto i = static_cast<std::size_t>(c);
        out[c] = finish(sums[i] + biases[i], c);
      }
    }
  }
  return result;
}

template <typename In>
Result<Step> prepare_typed(const ir::NodeView& node) {
  const auto activation = node.attrs<ir::Conv2dAttrs>().activation;
  const Window window = Window::of_convolution(node);
  const OutputStage<In> finish = NETFIT_TRY(OutputStage<In>::create(node, activation));
  const Arrangement<std::vector<Sum<In>>> arranged(node.input(1), 1, &widen_weights<In>);
  return Step([=](std::span<const Tensor> inputs) {
    return convolve<In>(inputs[0], *arranged.of(inputs[1]), optional_bias(inputs), window, finish);
  });
}

Result<Step> prepare_hybrid(const ir::NodeView& node) {
  const Window window = Window::of_convolution(node);
  const HybridStage stage = NETFIT_TRY(HybridStage::create(node, node.attrs<ir::Conv2dAttrs>().activation));
  const Arrangement<std::vector<Sum<std::int8_t>>> arranged(node.input(1), 1, &widen_weights<std::int8_t>);
  return Step([=](std::span<const Tensor> inputs) {
    const QuantizedSample data = quantize_sample(inputs[0], stage.rule());
    return convolve<std::int8_t>(data.elements, *arranged.of(inputs[1]), Tensor(), window,
                                 stage.of(data, optional_bias(inputs)));
  });
}

}  // namespace

Result<Step> prepare_depthwise_conv2d(const ir::NodeView& node) {
  if (ir::is_hybrid(node)) return prepare_hybrid(node);
  return prepare_by_type(node, [&](auto type) { return prepare_typed<decltype(type)>(node); });
}

}  // namespace netfit::interp
