// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/relu.h"

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

}  // namespace netfit::interp
