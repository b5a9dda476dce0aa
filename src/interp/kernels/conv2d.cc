// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/conv2d.h"

#include "interp/kernels/gemm.h"
#include "interp/kernels/hybrid.h"
#include "interp/kernels/output_stage.h"
#include "interp/kernels/window.h"
#include "ir/ops/conv.h"

// A convolution is a matrix product: one row of pixels for every output position (its patch, zeros where it reaches
// over the edge), one column for every output channel. Patches are gathered a few at a time. Products are added in the
// order kernel row, kernel column, channel, as in the reference kernels.
namespace netfit::interp {
namespace {

// Enough rows to keep the weights of a block in the cache while they are used, few enough to keep the patches there.
constexpr std::int64_t kPatches = 32;

template <typename In>
using Groups = std::vector<PackedMatrix<Sum<In>>>;

template <typename In>
Groups<In> pack_weights(const Tensor& weights, std::int64_t groups) {
  const std::span<const Weight<In>> elements = weights.data<Weight<In>>();
  const std::int64_t outputs = weights.shape()[0] / groups;
  const std::int64_t depth = weights.shape()[1] * weights.shape()[2] * weights.shape()[3];
  Groups<In> packed;
  for (std::int64_t g = 0; g < groups; ++g) {
    packed.push_back(PackedMatrix<Sum<In>>::pack(outputs, depth, [&](std::int64_t o, std::int64_t k) {
      return static_cast<Sum<In>>(elements[static_cast<std::size_t>((g * outputs + o) * depth + k)]);
    }));
  }
  return packed;
}

/// The part of an image that one group sees, patch by patch.
template <typename In>
class Patches {
 public:
  Patches(const Tensor& image, const Window& window, std::int64_t channels, std::int32_t zero_point)
      : pixels_(image.data<In>().data()),
        window_(window),
        all_channels_(image.shape()[3]),
        channels_(channels),
        zero_point_(zero_point) {}

  /// Writes the patch of output position (row, column) of one group.
  void gather(std::int64_t row, std::int64_t column, std::int64_t group, Sum<In>* patch) const {
    const std::int64_t taps = window_.columns.taps;
    for (std::int64_t ky = 0; ky < window_.rows.taps; ++ky) {
      const std::int64_t y = window_.rows.origin(row) + ky * window_.rows.dilation;
      for (std::int64_t kx = 0; kx < taps; ++kx, patch += channels_) {
        const std::int64_t x = window_.columns.origin(column) + kx * window_.columns.dilation;
        if (y < 0 || y >= window_.rows.in || x < 0 || x >= window_.columns.in) {
          std::fill_n(patch, channels_, Sum<In>{});
          continue;
        }
        const In* pixel = pixels_ + (y * window_.columns.in + x) * all_channels_ + group * channels_;
        for (std::int64_t c = 0; c < channels_; ++c) patch[c] = centre<In>(pixel[c], zero_point_);
      }
    }
  }

 private:
  const In* pixels_;
  const Window& window_;
  std::int64_t all_channels_;
  std::int64_t channels_;
  std::int32_t zero_point_;
};

template <typename In, typename Stage>
Tensor convolve(const Tensor& image, const Groups<In>& groups, const Tensor& bias, const Window& window,
                const Stage& finish) {
  const std::int64_t group_outputs = groups.front().outputs;
  const std::int64_t depth = groups.front().depth;
  const std::int64_t outputs = group_outputs * std::ssize(groups);
  const Patches<In> patches(image, window, depth / (window.rows.taps * window.columns.taps), finish.zero_point());
  const std::vector<Sum<In>> biases = bias_of<In>(bias, outputs);

  using Out = typename Stage::Out;
  Tensor result(tensor::dtype_of<Out>(), Shape{1, window.rows.out, window.columns.out, outputs});
  Out* out = result.mutable_data<Out>().data();
  const std::int64_t positions = window.rows.out * window.columns.out;
  std::vector<Sum<In>> rows(static_cast<std::size_t>(kPatches * depth));
  std::vector<Sum<In>> sums(static_cast<std::size_t>(kPatches * group_outputs));
  for (std::int64_t first = 0; first < positions; first += kPatches) {
    const std::int64_t count = std::min(kPatches, positions - first);
    for (std::int64_t g = 0; g < std::ssize(groups); ++g) {
      for (std::int64_t i = 0; i < count; ++i) {
        const std::int64_t position = first + i;
        patches.gather(position / window.columns.out, position % window.columns.out, g, rows.data() + i * depth);
      }
      multiply_rows(rows.data(), count, groups[static_cast<std::size_t>(g)], sums.data(), group_outputs);
      for (std::int64_t i = 0; i < count; ++i) {
        Out* pixel = out + (first + i) * outputs + g * group_outputs;
        const Sum<In>* sum = sums.data() + i * group_outputs;
        for (std::int64_t o = 0; o < group_outputs; ++o) {
          const std::int64_t channel = g * group_outputs + o;
          pixel[o] = finish(sum[o] + biases[static_cast<std::size_t>(channel)], channel);
        }
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
  const Arrangement<Groups<In>> arranged(node.input(1), ir::conv_groups(node), &pack_weights<In>);
  return Step([=](std::span<const Tensor> inputs) {
    return convolve<In>(inputs[0], *arranged.of(inputs[1]), optional_bias(inputs), window, finish);
  });
}

Result<Step> prepare_hybrid(const ir::NodeView& node) {
  const Window window = Window::of_convolution(node);
  const HybridStage stage = NETFIT_TRY(HybridStage::create(node, node.attrs<ir::Conv2dAttrs>().activation));
  const Arrangement<Groups<std::int8_t>> arranged(node.input(1), ir::conv_groups(node), &pack_weights<std::int8_t>);
  return Step([=](std::span<const Tensor> inputs) {
    const QuantizedSample data = quantize_sample(inputs[0], stage.rule());
    return convolve<std::int8_t>(data.elements, *arranged.of(inputs[1]), Tensor(), window,
                                 stage.of(data, optional_bias(inputs)));
  });
}

}  // namespace

Result<Step> prepare_conv2d(const ir::NodeView& node) {
  if (ir::is_hybrid(node)) return prepare_hybrid(node);
  return prepare_by_type(node, [&](auto type) { return prepare_typed<decltype(type)>(node); });
}

}  // namespace netfit::interp
