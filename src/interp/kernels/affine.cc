// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/affine.h"

#include <cmath>

#include <fmt/format.h>

namespace netfit::interp {

Result<Affine> affine_of(const ir::Value& value) {
  if (!value.quant) return bad_input(fmt::format("'{}' is {} without quantization", value.name, name(value.dtype)));
  if (value.quant->is_per_channel()) {
    return bad_input(fmt::format("'{}' is quantized per channel, which only weights may be", value.name));
  }
  const Affine affine{value.quant->scale(), value.quant->zero_point()};
  if (!std::isfinite(affine.scale) || affine.scale <= 0.0F) {
    return bad_input(fmt::format("'{}' has scale {}, which is not positive and finite", value.name, affine.scale));
  }
  const bool symmetric = value.dtype == DType::Int16;
  const std::int64_t low = symmetric ? 0 : tensor::lowest(value.dtype);
  const std::int64_t high = symmetric ? 0 : tensor::highest(value.dtype);
  if (affine.zero_point < low || affine.zero_point > high) {
    return bad_input(fmt::format("'{}' has zero point {}, allowed in {} is {} to {}", value.name, affine.zero_point,
                                 name(value.dtype), low, high));
  }
  return affine;
}

Result<void> expect_same_affine(const ir::NodeView& node) {
  const ir::Value& result = node.output();
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (node.input(i).quant == result.quant) continue;
    return bad_input(fmt::format("no kernel for {} whose input '{}' and result '{}' are quantized differently",
                                 node.op().name, node.input(i).name, result.name));
  }
  return {};
}

Limits limits_of(ir::Activation activation, const Affine& affine, DType dtype) {
  const ir::ActivationRange range = ir::range_of(activation);
  const auto low = static_cast<std::int32_t>(tensor::lowest(dtype));
  const auto high = static_cast<std::int32_t>(tensor::highest(dtype));
  const auto quantized = [&](float real) { return tensor::quantize(real, affine.scale, affine.zero_point, low, high); };
  return {quantized(range.low), quantized(range.high)};
}

Result<tensor::FixedMultiplier> create_multiplier(double real, int most_shift) {
  if (real < std::ldexp(1.0, most_shift)) return tensor::to_fixed_multiplier(real);
  return bad_input(fmt::format("the scales give the multiplier {}, allowed is less than 2^{}", real, most_shift));
}

}  // namespace netfit::interp
