// SPDX-License-Identifier: Apache-2.0
#include "tensor/fixed_point.h"

#include "base/check.h"

namespace netfit::tensor {

FixedMultiplier to_fixed_multiplier(double real) {
  NETFIT_CHECK(std::isfinite(real));
  if (real == 0.0) return {};
  int shift = 0;
  const double fraction = std::frexp(real, &shift);
  auto mantissa = static_cast<std::int64_t>(std::round(fraction * static_cast<double>(std::int64_t{1} << 31)));
  if (mantissa == std::int64_t{1} << 31) {
    mantissa /= 2;
    ++shift;
  }
  if (shift < -31) return {};
  if (shift > 30) return {std::numeric_limits<std::int32_t>::max(), 30};
  return {static_cast<std::int32_t>(mantissa), shift};
}

}  // namespace netfit::tensor
