// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/hybrid.h"

#include <algorithm>
#include <cmath>

#include "interp/kernels/kernel.h"
#include "ir/ops/conv.h"

namespace netfit::interp {
namespace {

constexpr double kLeast = -128;
constexpr double kMost = 127;

// Zero is always in range and has an integer of its own: the zero point comes from the end of the range at which the
// smaller numbers leave less room for error.
std::int32_t zero_point_for(double low, double high, double scale) {
  const double from_low = kLeast - low / scale;
  const double from_high = kMost - high / scale;
  const bool low_is_nearer = std::abs(low / scale) - kLeast < kMost + std::abs(high / scale);
  const double exact = low_is_nearer ? from_low : from_high;
  // The comparison is this way round so that a NaN, from data that are not finite, ends inside too.
  if (!(exact > kLeast)) return static_cast<std::int32_t>(kLeast);
  return exact >= kMost ? static_cast<std::int32_t>(kMost) : static_cast<std::int32_t>(std::round(exact));
}

}  // namespace

QuantizedSample quantize_sample(const Tensor& reals) {
  QuantizedSample sample{Tensor(DType::Int8, reals.shape()), 1.0F, 0};
  float low = 0;
  float high = 0;
  for (const float real : reals.data<float>()) {
    low = std::min(low, real);
    high = std::max(high, real);
  }
  if (low == high) return sample;
  const double scale = (static_cast<double>(high) - static_cast<double>(low)) / (kMost - kLeast);
  sample.scale = static_cast<float>(scale);
  sample.zero_point = zero_point_for(static_cast<double>(low), static_cast<double>(high), scale);
  const float inverse = sample.scale == 0.0F ? 0.0F : static_cast<float>(1.0 / static_cast<double>(sample.scale));
  std::ranges::transform(reals.data<float>(), sample.elements.mutable_data<std::int8_t>().begin(), [&](float real) {
    const float step = std::round(static_cast<float>(sample.zero_point) + real * inverse);
    return static_cast<std::int8_t>(std::isnan(step) ? static_cast<float>(sample.zero_point)
                                                     : std::clamp(step, -128.0F, 127.0F));
  });
  return sample;
}

Result<HybridStage> HybridStage::create(const ir::NodeView& node, ir::Activation activation) {
  const ir::Value& weights = node.input(1);
  if (!weights.quant || weights.dtype != DType::Int8) return no_kernel(node);
  HybridStage stage;
  const std::int64_t channels = weights.shape[ir::output_channel_axis(node.op())];
  for (std::int64_t c = 0; c < channels; ++c) stage.scales_.push_back(weights.quant->scale(c));
  stage.range_ = ir::range_of(activation);
  stage.separately_ = &node.op() == &ir::kConv2d;
  return stage;
}

HybridStage HybridStage::of(const QuantizedSample& data, const Tensor& bias) const {
  HybridStage stage = *this;
  stage.data_scale_ = data.scale;
  stage.zero_point_ = data.zero_point;
  if (bias.element_count() > 0) stage.biases_.assign(bias.data<float>().begin(), bias.data<float>().end());
  return stage;
}

}  // namespace netfit::interp
