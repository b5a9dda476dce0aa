// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

namespace netfit::interp {

/// A function of an int16 as 512 straight pieces, as TFLite's 16-bit kernels tabulate it; the result stands for reals
/// in
/// [-1, 1).
class Lookup16 {
 public:
  struct Input {
    double input_scale;
    std::int32_t input_zero_point;
  };
  Lookup16(Input input, double (*function)(double));

  std::int16_t operator()(std::int16_t x) const {
    const auto piece = static_cast<std::size_t>(256 + (x >> 7));
    const std::int32_t slope = table_[piece + 1] - table_[piece];
    return static_cast<std::int16_t>(table_[piece] + ((slope * (x & 0x7f) + 64) >> 7));
  }

 private:
  std::array<std::int16_t, 513> table_;
};

}  // namespace netfit::interp
