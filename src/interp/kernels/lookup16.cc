// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/lookup16.h"

#include <algorithm>
#include <cmath>

// Each piece starts at the function's value, moved by half the error that the straight line has in the middle.
namespace netfit::interp {
namespace {

std::int16_t clamped(double value) { return static_cast<std::int16_t>(std::clamp(value, -32768.0, 32767.0)); }

}  // namespace

Lookup16::Lookup16(Input input, double (*function)(double)) {
  constexpr int kPieces = 512;
  constexpr double kOutputScale = 2.0 / 65535.0;
  const double low = input.input_scale * (-32768 - input.input_zero_point);
  const double high = input.input_scale * (32767 - input.input_zero_point);
  const double step = (high - low) / kPieces;
  const double unit = 65536.0 / (kOutputScale * 32767 - kOutputScale * -32768);
  for (int i = 0; i < kPieces; ++i) {
    const double start = std::round(function(low + i * step) * unit);
    const double line = std::round((function(low + (i + 1) * step) * unit + start) / 2);
    const double middle = std::round(function(low + i * step + step / 2) * unit);
    table_[static_cast<std::size_t>(i)] = clamped(start - std::round((line - middle) / 2));
  }
  table_.back() = clamped(std::round(function(high) * unit));
}

}  // namespace netfit::interp
