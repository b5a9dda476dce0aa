// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/mean.h"

#include <bit>

#include "interp/kernels/affine.h"
#include "ir/ops/reduce.h"

namespace netfit::interp {
namespace {

/// Sums over the axes in row-major order of the data; result[i] of the shape without them.
template <typename T, typename Sum>
std::vector<Sum> sum_over(const Tensor& data, const std::vector<std::int64_t>& axes) {
  const Shape& shape = data.shape();
  std::vector<std::int64_t> steps(static_cast<std::size_t>(shape.rank()), 0);
  std::int64_t results = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    if (std::ranges::find(axes, axis) != axes.end()) continue;
    steps[static_cast<std::size_t>(axis)] = results;
    results *= shape[axis];
  }
  std::vector<Sum> sums(static_cast<std::size_t>(results), Sum{});
  std::vector<std::int64_t> index(steps.size(), 0);
  std::int64_t at = 0;
  for (const T element : data.data<T>()) {
    sums[static_cast<std::size_t>(at)] += static_cast<Sum>(element);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      at += steps[axis];
      if (++index[axis] < shape[static_cast<int>(axis)]) break;
      at -= steps[axis] * index[axis];
      index[axis] = 0;
    }
  }
  return sums;
}

/// How many elements become one.
std::int64_t element_count(const Shape& shape, const std::vector<std::int64_t>& axes) {
  std::int64_t count = 1;
  for (const std::int64_t axis : axes) count *= shape[static_cast<int>(axis)];
  return count;
}

Step prepare_float(const ir::NodeView& node) {
  const auto& axes = node.attrs<ir::ReduceAttrs>().axes;
  const auto count = static_cast<float>(element_count(node.input(0).shape, axes));
  return [axes, count, shape = node.output().shape](std::span<const Tensor> inputs) {
    std::vector<float> sums = sum_over<float, float>(inputs[0], axes);
    for (float& sum : sums) sum /= count;
    return Tensor::from(shape, sums);
  };
}

/// The multiplier divided by n in integers, with as many bits of the quotient as fit.
tensor::FixedMultiplier divide(tensor::FixedMultiplier multiplier, std::int64_t n) {
  const int bits = 63 - std::countl_zero(static_cast<std::uint64_t>(n));
  const int more = std::min({bits, 32, 31 + multiplier.shift});
  const std::int64_t mantissa = (static_cast<std::int64_t>(multiplier.mantissa) << more) / n;
  return {static_cast<std::int32_t>(mantissa), multiplier.shift - more};
}

// The 16-bit kernel, too, sums in 32 bits and scales by the 32-bit rule.
template <typename T>
Result<Step> prepare_integer(const ir::NodeView& node) {
  const auto& axes = node.attrs<ir::ReduceAttrs>().axes;
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  const std::int64_t count = element_count(node.input(0).shape, axes);
  const auto whole = NETFIT_TRY(create_multiplier(static_cast<double>(data.scale) / static_cast<double>(result.scale)));
  const tensor::FixedMultiplier multiplier = divide(whole, count);
  const Limits limits = limits_of(ir::Activation::None, result, node.output().dtype);
  return Step([=, shape = node.output().shape](std::span<const Tensor> inputs) {
    std::vector<T> means;
    for (const std::int64_t sum : sum_over<T, std::int64_t>(inputs[0], axes)) {
      const auto distance = static_cast<std::int32_t>(sum - data.zero_point * count);
      const std::int64_t scaled = tensor::multiply(distance, multiplier);
      means.push_back(static_cast<T>(limits.clamp(scaled + result.zero_point)));
    }
    return Tensor::from(shape, means);
  });
}

}  // namespace

Result<Step> prepare_mean(const ir::NodeView& node) {
  switch (node.input(0).dtype) {
    case DType::Float32:
      return prepare_float(node);
    case DType::Int8:
      return prepare_integer<std::int8_t>(node);
    case DType::Int16:
      return prepare_integer<std::int16_t>(node);
    default:
      return no_kernel(node);
  }
}

}  // namespace netfit::interp
