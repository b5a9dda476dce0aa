// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/softmax.h"

#include <cmath>

#include <fmt/format.h>

#include "interp/kernels/affine.h"
#include "interp/kernels/fixed_exp.h"
#include "interp/kernels/lookup16.h"
#include "ir/ops/activation.h"

namespace netfit::interp {
namespace {

/// Applies `row` to each run of the last axis.
template <typename T, typename Row>
Step by_rows(Row row) {
  return [row = std::move(row)](std::span<const Tensor> inputs) {
    const Tensor& data = inputs[0];
    Tensor result(data.dtype(), data.shape());
    const auto depth = static_cast<std::size_t>(data.shape().dim(-1));
    const std::span<const T> in = data.data<T>();
    const std::span<T> out = result.mutable_data<T>();
    for (std::size_t at = 0; at + depth <= in.size() && depth > 0; at += depth) {
      row(in.subspan(at, depth), out.subspan(at, depth));
    }
    return result;
  };
}

Step prepare_float(float beta) {
  return by_rows<float>([beta](std::span<const float> in, std::span<float> out) {
    const float most = *std::ranges::max_element(in);
    float sum = 0.0F;
    for (std::size_t i = 0; i < in.size(); ++i) {
      out[i] = std::exp((in[i] - most) * beta);
      sum += out[i];
    }
    for (float& share : out) share /= sum;
  });
}

Result<void> expect_unit_result(const Affine& result, float scale, std::int32_t zero_point) {
  if (result.zero_point == zero_point && std::abs(result.scale - scale) <= 0.001F * scale) return {};
  return bad_input(fmt::format("softmax gives scale {}, zero point {}, but the result has {}, {}", scale, zero_point,
                               result.scale, result.zero_point));
}

// Differences to the largest element in Q5.26; below `least` their exponential counts as zero.
struct Int8Softmax {
  tensor::FixedMultiplier multiplier;
  std::int32_t least;

  std::int32_t exp_of(std::int32_t difference) const {
    return exp_of_negative_q5_26(tensor::multiply(difference, multiplier));
  }

  void operator()(std::span<const std::int8_t> in, std::span<std::int8_t> out) const {
    const int most = *std::ranges::max_element(in);
    std::int64_t sum = 0;  // Q12.19
    for (const int q : in) {
      if (q - most >= least) sum += tensor::divide_by_power_of_two(exp_of(q - most), 12);
    }
    const auto [reciprocal, exponent] = reciprocal_q12_19(
        static_cast<std::int32_t>(std::min<std::int64_t>(sum, std::numeric_limits<std::int32_t>::max())));
    const int shift = exponent + 31 - 8;
    for (std::size_t i = 0; i < in.size(); ++i) {
      std::int32_t share = 0;
      if (in[i] - most >= least && shift <= 31) {
        share = tensor::divide_by_power_of_two(tensor::multiply_high(reciprocal, exp_of(in[i] - most)), shift);
      }
      out[i] = static_cast<std::int8_t>(std::clamp(share - 128, -128, 127));
    }
  }
};

Result<Step> prepare_int8(const ir::NodeView& node, float beta) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  NETFIT_TRY(expect_unit_result(result, 1.0F / 256.0F, -128));
  constexpr double kMost = 2147483647.0;
  constexpr double kUnit = 67108864.0;  // 2^26
  const double real = std::min(static_cast<double>(beta) * static_cast<double>(data.scale) * kUnit, kMost);
  if (!(real > 1.0)) return bad_input(fmt::format("softmax with beta {} of scale {} is flat", beta, data.scale));
  const tensor::FixedMultiplier multiplier = NETFIT_TRY(create_multiplier(real, 31));
  const double radius = std::floor(31.0 * kUnit / static_cast<double>(std::int64_t{1} << multiplier.shift));
  return by_rows<std::int8_t>(Int8Softmax{multiplier, -static_cast<std::int32_t>(radius)});
}

struct Int16Softmax {
  tensor::FixedMultiplier multiplier;
  Lookup16 exp;
  Lookup16 one_over_one_plus;

  std::int32_t exp_of(std::int32_t difference) const {
    const std::int64_t scaled = tensor::multiply(difference, multiplier);
    return exp(static_cast<std::int16_t>(std::clamp<std::int64_t>(scaled + 32767, -32768, 32767)));
  }

  void operator()(std::span<const std::int16_t> in, std::span<std::int16_t> out) const {
    const int most = *std::ranges::max_element(in);
    std::int64_t sum = 0;  // Q16.15
    for (const int q : in) sum += exp_of(q - most);
    const auto clamped = static_cast<std::uint32_t>(std::clamp<std::int64_t>(sum, 1, 0x7fffffff));
    const int headroom = std::countl_zero(clamped);
    // The sum as 1 + x with x in [0, 1), then x centred, as the table wants it.
    const std::int64_t shifted = ((static_cast<std::int64_t>(clamped) << (headroom - 1)) + (1 << 13)) >> 14;
    const std::int64_t centred = shifted - ((1 << 15) + (1 << 16));
    const std::int64_t reciprocal =
        one_over_one_plus(static_cast<std::int16_t>(std::clamp<std::int64_t>(centred, -32768, 32767)));
    const int right = 31 - headroom;
    for (std::size_t i = 0; i < in.size(); ++i) {
      const std::int64_t product = exp_of(in[i] - most) * reciprocal;
      const std::int64_t share = (product + (std::int64_t{1} << (right - 1))) >> right;
      out[i] = static_cast<std::int16_t>(std::clamp<std::int64_t>(share, 0, 32767));
    }
  }
};

Result<Step> prepare_int16(const ir::NodeView& node, float beta) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  NETFIT_TRY(expect_unit_result(result, 1.0F / 32768.0F, 0));
  constexpr double kRange = 65535.0;
  const double real = static_cast<double>(data.scale * beta) / (10.0 / kRange);
  // Larger ones only tell differences apart that all count as zero; 16 bits shifted by 15 still fit.
  const tensor::FixedMultiplier multiplier = NETFIT_TRY(create_multiplier(real, 14));
  return by_rows<std::int16_t>(Int16Softmax{
      multiplier,
      Lookup16({.input_scale = 10.0 / kRange, .input_zero_point = 32767}, [](double x) { return std::exp(x); }),
      Lookup16({.input_scale = 1.0 / kRange, .input_zero_point = -32768}, [](double x) { return 1.0 / (1.0 + x); })});
}

}  // namespace

Result<Step> prepare_softmax(const ir::NodeView& node) {
  const float beta = node.attrs<ir::SoftmaxAttrs>().beta;
  if (!std::isfinite(beta) || beta <= 0.0F) return bad_input(fmt::format("beta {} is not positive and finite", beta));
  switch (node.input(0).dtype) {
    case DType::Float32:
      return prepare_float(beta);
    case DType::Int8:
      return prepare_int8(node, beta);
    case DType::Int16:
      return prepare_int16(node, beta);
    default:
      return no_kernel(node);
  }
}

}  // namespace netfit::interp
