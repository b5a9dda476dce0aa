// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "ir/attr_types.h"
#include "ir/op_spec.h"
#include "tensor/tensor.h"

// Layers with int8 weights under float data (docs/quantization.md, "dynamic range").
namespace netfit::interp {

/// Float data as int8, with parameters that follow from their extremes: all integers cover the range from the least to
/// the greatest element and zero (asymmetric), or zero is zero and 127 the greatest magnitude (symmetric).
struct QuantizedSample {
  Tensor elements;
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};
enum class SampleRule : std::uint8_t { Asymmetric, Symmetric };
QuantizedSample quantize_sample(const Tensor& reals, SampleRule rule);

/// Turns integer sums of products into float results.
class HybridStage {
 public:
  using Out = float;

  /// Fails unless the weights have parameters.
  static Result<HybridStage> create(const ir::NodeView& node, ir::Activation activation);

  /// How the data of the node are quantized. A convolution whose channels all have the same scale, or one for all of
  /// them, comes from the time when that meant symmetric; LiteRT's kernels keep to it.
  SampleRule rule() const { return rule_; }

  /// The stage for these data and this bias, which may be absent.
  HybridStage of(const QuantizedSample& data, const Tensor& bias) const;

  std::int32_t zero_point() const { return zero_point_; }
  float operator()(std::uint32_t sum, std::int64_t channel) const {
    const auto c = static_cast<std::size_t>(channel);
    const auto total = static_cast<float>(static_cast<std::int32_t>(sum));
    const float real = separately_ ? total * scales_[c] * data_scale_ : total * (scales_[c] * data_scale_);
    return std::min(std::max(biases_.empty() ? real : real + biases_[c], range_.low), range_.high);
  }

 private:
  std::vector<float> scales_;  ///< of the weights, for each channel
  std::vector<float> biases_;
  ir::ActivationRange range_;
  float data_scale_ = 1.0F;
  std::int32_t zero_point_ = 0;
  SampleRule rule_ = SampleRule::Asymmetric;
  /// The reference kernels multiply by one scale after the other in asymmetric conv2d, by their product in the others.
  bool separately_ = false;
};

}  // namespace netfit::interp
