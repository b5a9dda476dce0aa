// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/hard_swish.h"

#include <fmt/format.h>

#include "interp/kernels/affine.h"
#include "interp/kernels/pointwise.h"

namespace netfit::interp {
namespace {

std::int16_t saturated(std::int64_t value) {
  return static_cast<std::int16_t>(std::clamp<std::int64_t>(value, -32768, 32767));
}

/// Nearest of a * b / 2^15, ties as in tensor::multiply_high.
std::int16_t multiply_high_rounded(std::int16_t a, std::int16_t b) {
  const std::int32_t product = a * b;
  return saturated((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}

/// a * b / 2^15, rounded towards zero.
std::int16_t multiply_high_truncated(std::int16_t a, std::int16_t b) { return saturated(a * b / (1 << 15)); }

/// A fixed multiplier with a mantissa of 16 bits.
struct Multiplier16 {
  std::int16_t mantissa;
  int exponent;
};

Multiplier16 narrowed(tensor::FixedMultiplier multiplier) {
  return {saturated((static_cast<std::int64_t>(multiplier.mantissa) + (1 << 15)) >> 16), multiplier.shift};
}

/// x * relu6(x + 3) / 6 = x * (1 + clamp(x / 3, -1, 1)) / 2 in 16-bit fixed point.
struct Int8HardSwish {
  std::int32_t zero_point;
  std::int32_t offset;
  Multiplier16 to_result;  // from data * 2^7 to the scale of the result
  Multiplier16 to_third;   // from data * 2^7 to the scale where 2^15 is 3.0

  std::int8_t operator()(std::int8_t q) const {
    const auto fine = static_cast<std::int16_t>((q - zero_point) * (1 << 7));
    const std::int16_t on_result_scale = multiply_high_rounded(fine, to_result.mantissa);
    const std::int16_t share = share_of(fine);
    const std::int32_t product = multiply_high_truncated(share, on_result_scale);
    const std::int32_t scaled = tensor::divide_by_power_of_two(product, -to_result.exponent) + offset;
    return static_cast<std::int8_t>(std::clamp(scaled, -128, 127));
  }

  /// (1 + clamp(x / 3, -1, 1)) / 2 with 15 bits behind the point. A left shift saturates in its last bit only, behind
  /// the multiplication, so that saturation before it changes nothing.
  std::int16_t share_of(std::int16_t fine) const {
    std::int16_t third = fine;
    if (to_third.exponent > 0) third = saturated(third * (std::int64_t{1} << (to_third.exponent - 1)));
    third = multiply_high_rounded(third, to_third.mantissa);
    if (to_third.exponent > 0) third = saturated(third * 2);
    if (to_third.exponent < 0) {
      third = static_cast<std::int16_t>(tensor::divide_by_power_of_two(third, -to_third.exponent));
    }
    return static_cast<std::int16_t>((third + (1 << 15)) >> 1);
  }
};

Result<Step> prepare_int8(const ir::NodeView& node) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  // The reference kernel computes these quotients in float.
  const float fine_scale = (1.0F / 128.0F) * data.scale;
  const auto to_result = NETFIT_TRY(create_multiplier(static_cast<double>(fine_scale / result.scale)));
  const auto to_third = NETFIT_TRY(create_multiplier(static_cast<double>(fine_scale / (3.0F / 32768.0F))));
  if (to_result.shift > 0) {
    return bad_input(
        fmt::format("hard_swish cannot go from scale {} to {}, less than a 128th", data.scale, result.scale));
  }
  return tabulated(Int8HardSwish{data.zero_point, result.zero_point, narrowed(to_result), narrowed(to_third)});
}

}  // namespace

Result<Step> prepare_hard_swish(const ir::NodeView& node) {
  switch (node.input(0).dtype) {
    case DType::Float32:
      return pointwise<float>([](float x) { return x * std::min(6.0F, std::max(0.0F, x + 3.0F)) / 6.0F; });
    case DType::Int8:
      return prepare_int8(node);
    default:
      return no_kernel(node);
  }
}

}  // namespace netfit::interp
