// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>

#include "interp/kernels/kernel.h"
#include "ir/attr_types.h"
#include "tensor/fixed_point.h"

// What the integer kernels share: parameters, limits and multipliers (docs/quantization.md).
namespace netfit::interp {

/// real = scale * (q - zero_point), for a whole tensor.
struct Affine {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
};

/// Parameters of a quantized activation: fails if there are none, if they are per channel, or if no kernel can compute
/// with them (a scale that is not positive and finite, a zero point outside the type, not 0 in 16 bits).
Result<Affine> affine_of(const ir::Value& value);

/// Fails unless all quantized inputs share the result's parameters.
Result<void> expect_same_affine(const ir::NodeView& node);

/// Clamp of an integer result.
struct Limits {
  std::int32_t low = 0;
  std::int32_t high = 0;

  std::int32_t clamp(std::int64_t value) const {
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(value, low, high));
  }
};

/// The integers of `dtype` that stand for reals inside the activation's range.
Limits limits_of(ir::Activation activation, const Affine& affine, DType dtype);

/// The multiplier's fixed form; fails from 2^most_shift on, which only absurd scales give and no kernel can apply.
Result<tensor::FixedMultiplier> create_multiplier(double real, int most_shift = 30);

}  // namespace netfit::interp
