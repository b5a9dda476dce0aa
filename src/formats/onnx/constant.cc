// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/constant.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace netfit::formats::onnx {
namespace {

// For element i of a tensor: which channel along `axis` it belongs to.
class ChannelIndex {
 public:
  ChannelIndex(const Shape& shape, int axis) {
    if (axis < 0) return;
    stride_ = tensor::strides(shape)[static_cast<std::size_t>(axis)];
    extent_ = shape[axis];
  }
  std::int64_t operator()(std::int64_t element) const { return element / stride_ % extent_; }

 private:
  std::int64_t stride_ = 1;
  std::int64_t extent_ = 1;
};

}  // namespace

Constant transposed(const Constant& constant, std::span<const int> perm) {
  Constant result{.tensor = tensor::transpose(constant.tensor, perm), .source = constant.source};
  if (!result.source) return result;
  result.source->integers = tensor::transpose(constant.source->integers, perm);
  QuantParams& quant = result.source->quant;
  if (quant.is_per_channel()) quant.axis = static_cast<int>(std::ranges::find(perm, quant.axis) - perm.begin());
  return result;
}

Tensor dequantize(const QuantizedTensor& source) {
  Tensor reals(DType::Float32, source.integers.shape());
  const std::span<float> out = reals.mutable_data<float>();
  const std::vector<std::int64_t> integers = tensor::to_int64s(source.integers);
  const ChannelIndex channel(source.integers.shape(), source.quant.axis);
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::int64_t c = channel(static_cast<std::int64_t>(i));
    out[i] = static_cast<float>(integers[i] - source.quant.zero_point(c)) * source.quant.scale(c);
  }
  return reals;
}

Result<QuantParams> quant_params(const Tensor& scale, const Tensor* zero_point, std::int64_t axis, const Shape& data) {
  if (scale.dtype() != DType::Float32) {
    return bad_input(fmt::format("the scale has type {} (allowed: f32)", name(scale.dtype())));
  }
  if (scale.shape().rank() > 1 || scale.element_count() < 1) {
    return bad_input(
        fmt::format("the scale has shape {} (allowed: one, or one for each channel)", to_string(scale.shape())));
  }
  QuantParams quant;
  quant.scales.assign(scale.data<float>().begin(), scale.data<float>().end());
  for (const float s : quant.scales) {
    if (!std::isfinite(s) || s <= 0.0F) return bad_input(fmt::format("scale {} is not positive and finite", s));
  }
  quant.zero_points.assign(quant.scales.size(), 0);
  if (zero_point != nullptr) {
    if (!is_integer(zero_point->dtype()) || zero_point->element_count() != scale.element_count()) {
      return bad_input(fmt::format("the zero point has type {} and shape {}, which do not go with a scale of shape {}",
                                   name(zero_point->dtype()), to_string(zero_point->shape()),
                                   to_string(scale.shape())));
    }
    std::ranges::transform(tensor::to_int64s(*zero_point), quant.zero_points.begin(),
                           [](std::int64_t zero) { return static_cast<std::int32_t>(zero); });
  }
  if (quant.scales.size() == 1) return quant;
  if (axis < 0) axis += data.rank();
  if (axis < 0 || axis >= data.rank() || data[static_cast<int>(axis)] != std::ssize(quant.scales)) {
    return bad_input(
        fmt::format("{} scales along axis {} do not go with shape {}", quant.scales.size(), axis, to_string(data)));
  }
  quant.axis = static_cast<int>(axis);
  return quant;
}

QuantizedTensor as_signed(QuantizedTensor source) {
  constexpr int kShift = 128;
  if (source.integers.dtype() != DType::UInt8) return source;
  Tensor integers(DType::Int8, source.integers.shape());
  std::ranges::transform(source.integers.data<std::uint8_t>(), integers.mutable_data<std::int8_t>().begin(),
                         [](std::uint8_t element) { return static_cast<std::int8_t>(element - kShift); });
  for (std::int32_t& zero_point : source.quant.zero_points) zero_point -= kShift;
  return {std::move(integers), std::move(source.quant), std::move(source.name)};
}

}  // namespace netfit::formats::onnx
