// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/sigmoid.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "interp/kernels/affine.h"
#include "interp/kernels/pointwise.h"

namespace netfit::interp {
namespace {

float sigmoid(float x) { return 1.0F / (1.0F + std::exp(-x)); }

Result<Affine> unit_result(const ir::NodeView& node, float scale) {
  const Affine result = NETFIT_TRY(affine_of(node.output()));
  if (result.scale == scale) return result;
  return bad_input(fmt::format("sigmoid gives scale {}, but the result has {}", scale, result.scale));
}

Result<Step> prepare_int8(const ir::NodeView& node) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  const Affine result = NETFIT_TRY(unit_result(node, 1.0F / 256.0F));
  const Limits limits = limits_of(ir::Activation::None, result, DType::Int8);
  return tabulated([&](std::int8_t q) {
    const float real = data.scale * static_cast<float>(q - data.zero_point);
    const float scaled = std::round(sigmoid(real) * (1.0F / result.scale));
    return static_cast<std::int8_t>(limits.clamp(static_cast<std::int64_t>(scaled) + result.zero_point));
  });
}

/// sigmoid(i / 24) in units of 2^-16, moved by half the error that a straight piece from there has in its middle.
std::array<std::uint32_t, 256> sigmoid_table() {
  const auto exact = [](double i) { return 65536.0 / (1.0 + std::exp(-i / 24.0)); };
  std::array<std::uint32_t, 256> table;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto at = static_cast<double>(i);
    const double error = exact(at + 0.5) - (exact(at) + exact(at + 1.0)) / 2.0;
    table[i] = static_cast<std::uint32_t>(std::round(exact(at) + error / 2.0));
  }
  table.back() = 65535;  // the largest share that there is
  return table;
}

/// Straight pieces between the entries of the table, mirrored for negative data.
struct Int16Sigmoid {
  std::int32_t multiplier;  // data * multiplier >> shift is in units of 1 / (3 * 4096)
  int shift;
  std::array<std::uint32_t, 256> table = sigmoid_table();

  std::int16_t operator()(std::int16_t q) const {
    const std::int64_t half = shift > 0 ? std::int64_t{1} << (shift - 1) : 0;
    const std::int64_t x = (static_cast<std::int64_t>(q) * multiplier + half) >> shift;
    const auto distance = static_cast<std::uint32_t>(std::abs(x));
    const std::size_t piece = distance >> 9;
    std::uint32_t result = 0x7fffU << 10;
    if (piece < 255) {
      result = (table[piece] << 9) + (distance & 0x1ff) * (table[piece + 1] - table[piece]);
    }
    result = x >= 0 ? result + (1U << 9) : (1U << 25) - result + (1U << 9) - 1;
    return static_cast<std::int16_t>(result >> 10);
  }
};

Result<Step> prepare_int16(const ir::NodeView& node) {
  const Affine data = NETFIT_TRY(affine_of(node.input(0)));
  NETFIT_TRY(unit_result(node, 1.0F / 32768.0F));
  double real = static_cast<double>(data.scale) * 4096.0 * 3.0;
  if (real > 65535.0) return bad_input(fmt::format("sigmoid of scale {} in 16 bits is a step", data.scale));
  int shift = 0;
  // At scale 2^-12 the multiplier is exactly 3, which the reference kernels leave unscaled.
  if (data.scale != 1.0F / 4096.0F) {
    while (real <= 32767.0 / 2.0 && shift <= 30) {
      ++shift;
      real *= 2.0;
    }
  }
  return pointwise<std::int16_t>(Int16Sigmoid{static_cast<std::int32_t>(real), shift});
}

}  // namespace

Result<Step> prepare_sigmoid(const ir::NodeView& node) {
  switch (node.input(0).dtype) {
    case DType::Float32:
      return pointwise<float>(&sigmoid);
    case DType::Int8:
      return prepare_int8(node);
    case DType::Int16:
      return prepare_int16(node);
    default:
      return no_kernel(node);
  }
}

}  // namespace netfit::interp
