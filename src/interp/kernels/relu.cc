// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/relu.h"

#include <cmath>
#include <type_traits>

#include "interp/kernels/affine.h"
#include "interp/kernels/pointwise.h"
#include "ir/ops/activation.h"

namespace netfit::interp {
namespace {

template <typename T>
Result<Step> prepare_integer(const ir::NodeView& node, ir::Activation activation) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  const Limits limits = limits_of(activation, result, node.output().dtype);
  // The reference kernels compute this quotient in float.
  const auto multiplier = NETFIT_TRY(create_multiplier(static_cast<double>(data.scale / result.scale)));
  return pointwise<T>([=](T q) {
    const std::int64_t scaled = tensor::multiply(q - data.zero_point, multiplier);
    return static_cast<T>(limits.clamp(scaled + result.zero_point));
  });
}

template <typename T>
Result<Step> prepare_integer_leaky(const ir::NodeView& node, float alpha) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  const Limits limits = limits_of(ir::Activation::None, result, node.output().dtype);
  // The reference kernel computes both multipliers in float, in this order.
  const auto above = NETFIT_TRY(create_multiplier(static_cast<double>(data.scale / result.scale)));
  const float slope = data.scale * std::fabs(alpha) / result.scale;
  const auto below = NETFIT_TRY(create_multiplier(static_cast<double>(slope)));
  // LiteRT's rounding of ties under a negative alpha is that of the positive one, with the sign put before the result.
  const std::int64_t sign = alpha < 0 ? -1 : 1;
  return pointwise<T>([=](T q) {
    const std::int32_t x = q - data.zero_point;
    const std::int64_t scaled = x >= 0 ? tensor::multiply(x, above) : sign * tensor::multiply(x, below);
    return static_cast<T>(limits.clamp(scaled + result.zero_point));
  });
}

}  // namespace

Result<Step> prepare_relu(const ir::NodeView& node) {
  const ir::Activation activation = ir::as_activation(node.op()).value();
  const ir::ActivationRange range = ir::range_of(activation);
  switch (node.input(0).dtype) {
    case DType::Float32:
      return pointwise<float>([=](float x) { return std::min(std::max(x, range.low), range.high); });
    case DType::Int8:
      return prepare_integer<std::int8_t>(node, activation);
    case DType::Int16:
      return prepare_integer<std::int16_t>(node, activation);
    default:
      return no_kernel(node);
  }
}

Result<Step> prepare_leaky_relu(const ir::NodeView& node) {
  const float alpha = node.attrs<ir::LeakyReluAttrs>().alpha;
  return prepare_by_type(node, [&]<typename T>(T /*element*/) -> Result<Step> {
    if constexpr (std::is_same_v<T, float>) {
      return pointwise<float>([alpha](float x) { return x > 0 ? x : x * alpha; });
    } else {
      return prepare_integer_leaky<T>(node, alpha);
    }
  });
}

}  // namespace netfit::interp
