// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/requantize.h"

#include "interp/kernels/affine.h"
#include "interp/kernels/pointwise.h"
#include "tensor/dequantize.h"
#include "tensor/half.h"

namespace netfit::interp {
namespace {

template <typename Out>
Result<Step> from_float(const ir::NodeView& node) {
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  const Limits limits = limits_of(ir::Activation::None, result, node.output().dtype);
  return pointwise<float, Out>([=](float x) {
    return static_cast<Out>(tensor::quantize(x, result.scale, result.zero_point, limits.low, limits.high));
  });
}

// Weights as float arithmetic takes them, in 4 or 8 bits, possibly with a scale for each channel.
Step widen(const ir::NodeView& node) {
  return [quant = node.input(0).quant](std::span<const Tensor> inputs) { return tensor::dequantize(inputs[0], quant); };
}

template <typename In>
Result<Step> to_float(const ir::NodeView& node) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  return pointwise<In, float>([=](In q) {
    const std::int64_t distance = static_cast<std::int64_t>(q) - data.zero_point;
    return static_cast<float>(static_cast<double>(data.scale) * static_cast<double>(distance));
  });
}

template <typename In, typename Out>
Result<Step> between(const ir::NodeView& node) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  const Limits limits = limits_of(ir::Activation::None, result, node.output().dtype);
  const auto multiplier =
      NETFIT_TRY(create_multiplier(static_cast<double>(data.scale) / static_cast<double>(result.scale)));
  return pointwise<In, Out>([=](In q) {
    const std::int64_t scaled = tensor::multiply(q - data.zero_point, multiplier);
    return static_cast<Out>(limits.clamp(scaled + result.zero_point));
  });
}

template <typename In>
Result<Step> from_integer(const ir::NodeView& node) {
  switch (node.output().dtype) {
    case DType::Float32:
      return to_float<In>(node);
    case DType::Int8:
      return between<In, std::int8_t>(node);
    case DType::UInt8:
      return between<In, std::uint8_t>(node);
    case DType::Int16:
      return between<In, std::int16_t>(node);
    default:
      return no_kernel(node);
  }
}

}  // namespace

Result<Step> prepare_requantize(const ir::NodeView& node) {
  const DType to = node.output().dtype;
  if (node.input(0).is_constant() && node.input(0).quant && to == DType::Float32) return widen(node);
  switch (node.input(0).dtype) {
    case DType::Float32:
      if (to == DType::Int8) return from_float<std::int8_t>(node);
      if (to == DType::UInt8) return from_float<std::uint8_t>(node);
      if (to == DType::Int16) return from_float<std::int16_t>(node);
      return no_kernel(node);
    case DType::Float16:
      if (to != DType::Float32) return no_kernel(node);
      return pointwise<tensor::Half, float>([](tensor::Half x) { return tensor::to_float(x); });
    case DType::Int8:
      return from_integer<std::int8_t>(node);
    case DType::UInt8:
      return from_integer<std::uint8_t>(node);
    case DType::Int16:
      return from_integer<std::int16_t>(node);
    case DType::Int32:
      return to == DType::Float32 ? to_float<std::int32_t>(node) : Result<Step>(no_kernel(node));
    default:
      return no_kernel(node);
  }
}

}  // namespace netfit::interp
