// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <memory>
#include <type_traits>
#include <vector>

#include "interp/kernels/affine.h"

// How conv2d, depthwise_conv2d and fully_connected turn sums of products into results, for each type of data.
namespace netfit::interp {

/// Types that go with data of type In. Integer sums wrap, as the reference kernels' do, but without undefined
/// behaviour.
template <typename In>
struct Sums;
template <>
struct Sums<float> {
  using Type = float;
};
template <>
struct Sums<std::int8_t> {
  using Type = std::uint32_t;
};
template <>
struct Sums<std::int16_t> {
  using Type = std::uint64_t;
};
template <typename In>
using Sum = typename Sums<In>::Type;

/// An element as a factor of a sum: its distance from the zero point.
template <typename In>
Sum<In> centre(In element, std::int32_t zero_point) {
  if constexpr (std::is_same_v<In, float>) {
    return element;
  } else {
    return static_cast<Sum<In>>(element - zero_point);
  }
}

/// A whole tensor of such factors.
template <typename In>
std::vector<Sum<In>> centred(const Tensor& data, std::int32_t zero_point) {
  std::vector<Sum<In>> factors;
  factors.reserve(static_cast<std::size_t>(data.element_count()));
  for (const In element : data.data<In>()) factors.push_back(centre<In>(element, zero_point));
  return factors;
}

/// Finishes sums of one node; `activation` is the node's own.
template <typename In>
class OutputStage;

template <>
class OutputStage<float> {
 public:
  using Out = float;

  static Result<OutputStage> create(const ir::NodeView& node, ir::Activation activation);
  std::int32_t zero_point() const { return 0; }
  float operator()(float sum, std::int64_t /*channel*/) const {
    return std::min(std::max(sum, range_.low), range_.high);
  }

 private:
  explicit OutputStage(ir::ActivationRange range) : range_(range) {}
  ir::ActivationRange range_;
};

/// In int8 and int16: sum * multiplier of the channel + zero point, clamped. Convolutions scale in fixed point,
/// fully_connected in double with one rounding, as the reference kernels do.
template <typename In>
class OutputStage {
 public:
  using Out = In;

  static Result<OutputStage> create(const ir::NodeView& node, ir::Activation activation);
  /// Of the data.
  std::int32_t zero_point() const { return zero_point_; }
  In operator()(Sum<In> sum, std::int64_t channel) const {
    const std::int64_t scaled = scale(total(sum), static_cast<std::size_t>(channel));
    return static_cast<In>(limits_.clamp(scaled + offset_));
  }

 private:
  std::int64_t total(Sum<In> sum) const {
    // An i32 bias says that the sum is one of 32 bits, too.
    if (narrow_) return static_cast<std::int32_t>(sum);
    // Only a bias from outside can leave the range in which the rule for 64 bits is exact.
    constexpr std::int64_t kMost = (std::int64_t{1} << 47) - 1;
    return std::clamp(static_cast<std::int64_t>(sum), -kMost, kMost);
  }
  std::int64_t scale(std::int64_t total, std::size_t channel) const {
    if (once_) return std::llround(std::clamp(static_cast<double>(total) * reals_[channel], -0x1p40, 0x1p40));
    if (narrow_) return tensor::multiply(static_cast<std::int32_t>(total), multipliers_[channel]);
    return tensor::multiply(total, multipliers_[channel]);
  }

  std::vector<tensor::FixedMultiplier> multipliers_;
  std::vector<double> reals_;
  std::int32_t zero_point_ = 0;
  std::int32_t offset_ = 0;
  Limits limits_;
  bool once_ = false;
  bool narrow_ = false;
};

/// The third input, or an empty tensor.
inline Tensor optional_bias(std::span<const Tensor> inputs) { return inputs.size() > 2 ? inputs[2] : Tensor(); }

/// The bias as sums, zeros if there is none.
template <typename In>
std::vector<Sum<In>> bias_of(const Tensor& bias, std::int64_t channels);

/// Weights of any allowed type, one element for each int8 or float.
Tensor unpacked(const Tensor& weights);

/// Type of the elements of weights that go with data of type In.
template <typename In>
using Weight = std::conditional_t<std::is_same_v<In, float>, float, std::int8_t>;

/// What a node needs of its weights, computed from constant ones when the node is made ready and from others in each
/// run.
template <typename Arranged>
class Arrangement {
 public:
  using Arrange = Arranged (*)(const Tensor& weights, std::int64_t groups);

  Arrangement(const ir::Value& weights, std::int64_t groups, Arrange arrange) : groups_(groups), arrange_(arrange) {
    if (weights.is_constant())
      constant_ = std::make_shared<const Arranged>(arrange(unpacked(*weights.constant), groups));
  }
  std::shared_ptr<const Arranged> of(const Tensor& weights) const {
    if (constant_ != nullptr) return constant_;
    return std::make_shared<const Arranged>(arrange_(unpacked(weights), groups_));
  }

 private:
  std::int64_t groups_;
  Arrange arrange_;
  std::shared_ptr<const Arranged> constant_;
};

}  // namespace netfit::interp
