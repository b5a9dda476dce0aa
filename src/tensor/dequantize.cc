// SPDX-License-Identifier: Apache-2.0
#include "tensor/dequantize.h"

#include <algorithm>

#include "tensor/half.h"

namespace netfit::tensor {
namespace {

// The index along the quantized axis of every element, in order.
class ChannelOf {
 public:
  ChannelOf(const Shape& shape, const QuantParams& quant) {
    if (!quant.is_per_channel()) return;
    extent_ = shape[quant.axis];
    step_ = strides(shape)[static_cast<std::size_t>(quant.axis)];
  }
  std::int64_t operator()(std::int64_t i) const { return i / step_ % extent_; }

 private:
  std::int64_t extent_ = 1;
  std::int64_t step_ = 1;
};

}  // namespace

Tensor dequantize(const Tensor& stored, const std::optional<QuantParams>& quant) {
  Tensor result(DType::Float32, stored.shape());
  const std::span<float> target = result.mutable_data<float>();
  if (stored.dtype() == DType::Float16) {
    std::ranges::transform(stored.data<Half>(), target.begin(), [](Half half) { return to_float(half); });
    return result;
  }
  NETFIT_CHECK(quant.has_value());
  const std::vector<std::int64_t> source = to_int64s(stored.dtype() == DType::Int4 ? unpack_int4(stored) : stored);
  const ChannelOf channel_of(stored.shape(), *quant);
  for (std::size_t i = 0; i < target.size(); ++i) {
    const std::int64_t channel = channel_of(static_cast<std::int64_t>(i));
    const auto steps = static_cast<double>(source[i] - quant->zero_point(channel));
    target[i] = static_cast<float>(static_cast<double>(quant->scale(channel)) * steps);
  }
  return result;
}

}  // namespace netfit::tensor
