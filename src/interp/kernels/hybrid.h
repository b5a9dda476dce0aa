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

/// Float data as int8, with parameters that follow from their extremes.
struct QuantizedSample {
  Tensor elements;
  float scale;
  std::int32_t zero_point;
};
QuantizedSample quantize_sample(const Tensor& reals);

/// Turns integer sums of products into float results.
class HybridStage {
 public:
  using Out = float;

  /// Fails unless the weights have parameters.
  static Result<HybridStage> create(const ir::NodeView& node, ir::Activation activation);

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
  /// The reference kernels multiply by one scale after the other in conv2d, by their product in the others.
  bool separately_ = false;
};

}  // namespace netfit::interp
