// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace netfit::tensor {

/// Affine quantization: real = scale * (q - zero_point). One pair for the whole tensor (axis < 0), or one per index
/// along `axis`. `scales` and `zero_points` always have the same length.
struct QuantParams {
  std::vector<float> scales;
  std::vector<std::int32_t> zero_points;
  int axis = -1;

  static QuantParams per_tensor(float scale, std::int32_t zero_point) { return {{scale}, {zero_point}, -1}; }
  /// Symmetric: every zero point is 0.
  static QuantParams per_channel(std::vector<float> scales, int axis) {
    std::vector<std::int32_t> zeros(scales.size(), 0);
    return {std::move(scales), std::move(zeros), axis};
  }

  bool is_per_channel() const { return axis >= 0; }
  /// Of channel `c`; per tensor, every channel has the same.
  float scale(std::int64_t c = 0) const { return scales[is_per_channel() ? static_cast<std::size_t>(c) : 0]; }
  std::int32_t zero_point(std::int64_t c = 0) const {
    return zero_points[is_per_channel() ? static_cast<std::size_t>(c) : 0];
  }

  friend bool operator==(const QuantParams&, const QuantParams&) = default;
};

}  // namespace netfit::tensor

namespace netfit {
using tensor::QuantParams;
}
