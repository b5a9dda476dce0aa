// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// The fixed-point exponential and reciprocal of the int8 softmax (docs/quantization.md). Qm.n has m bits before the
// point and n behind it, beside the sign.
namespace netfit::interp {

/// exp(x) in Q0.31 for x <= 0 in Q5.26.
std::int32_t exp_of_negative_q5_26(std::int32_t x);

/// 1 / x = mantissa * 2^-exponent with the mantissa in Q0.31, for x >= 1 in Q12.19.
struct Reciprocal {
  std::int32_t mantissa;
  int exponent;
};
Reciprocal reciprocal_q12_19(std::int32_t x);

}  // namespace netfit::interp
