// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/hybrid.h"

#include <algorithm>
#include <cmath>

#include "interp/kernels/kernel.h"
#include "ir/ops/conv.h"

namespace netfit::interp {
namespace {

constexpr float kLeast = -128.0F;
constexpr float kMost = 127.0F;

// Zero has an integer of its own, which comes from the end of the range at which the smaller numbers leave less room
// for error.
std::int32_t zero_point_for(float low, float high, float scale) {
  const float from_low = kLeast - low / scale;
  const float from_high = kMost - high / scale;
  const bool low_is_nearer = std::abs(low / scale) - kLeast < kMost + std::abs(high / scale);
  const float exact = low_is_nearer ? from_low : from_high;
  // The comparison is this way round so that a NaN, from data that are not finite, ends inside too.
  if (!(exact > kLeast)) return static_cast<std::int32_t>(kLeast);
  return exact >= kMost ? static_cast<std::int32_t>(kMost) : static_cast<std::int32_t>(std::round(exact));
}

// Nearest step, ties away from zero, by way of adding one half in float: so the number just below one half becomes 1,
// as in LiteRT. The zero point is added after that.
void quantize_elements(const Tensor& reals, float inverse, float least, QuantizedSample& sample) {
  const auto zero_point = static_cast<float>(sample.zero_point);
  std::ranges::transform(reals.data<float>(), sample.elements.mutable_data<std::int8_t>().begin(), [=](float real) {
    const float scaled = real * inverse;
    const float step = zero_point + std::trunc(scaled + std::copysign(0.5F, scaled));
    return static_cast<std::int8_t>(std::isnan(step) ? zero_point : std::clamp(step, least, kMost));
  });
}

}  // namespace

QuantizedSample quantize_sample(const Tensor& reals, SampleRule rule) {
  QuantizedSample sample{.elements = Tensor(DType::Int8, reals.shape())};
  float low = 0;
  float high = 0;
  for (const float real : reals.data<float>()) {
    low = std::min(low, real);
    high = std::max(high, real);
  }
  if (low == high) return sample;
  if (rule == SampleRule::Symmetric) {
    const float range = std::max(-low, high);
    sample.scale = range / kMost;
    quantize_elements(reals, kMost / range, -kMost, sample);
    return sample;
  }
  sample.scale = (high - low) / (kMost - kLeast);
  sample.zero_point = zero_point_for(low, high, sample.scale);
  quantize_elements(reals, sample.scale == 0.0F ? 0.0F : 1.0F / sample.scale, kLeast, sample);
  return sample;
}

Result<HybridStage> HybridStage::create(const ir::NodeView& node, ir::Activation activation) {
  const ir::Value& weights = node.input(1);
  if (!weights.quant || weights.dtype != DType::Int8) return no_kernel(node);
  HybridStage stage;
  const std::int64_t channels = weights.shape[ir::output_channel_axis(node.op())];
  for (std::int64_t c = 0; c < channels; ++c) stage.scales_.push_back(weights.quant->scale(c));
  stage.range_ = ir::range_of(activation);
  const bool equal = std::ranges::all_of(stage.scales_, [&](float scale) { return scale == stage.scales_[0]; });
  if (&node.op() == &ir::kConv2d && equal) stage.rule_ = SampleRule::Symmetric;
  stage.separately_ = &node.op() == &ir::kConv2d && !equal;
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
