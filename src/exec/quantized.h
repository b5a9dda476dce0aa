// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "exec/step.h"
#include "ir/attr_types.h"

namespace netfit::exec {

/// An 8-bit activation as it lies in a program's buffer: per tensor, zero point and limits in stored numbers.
struct ByteQuant {
  float scale = 1.0F;
  std::int32_t zero_point = 0;
  std::int32_t low = 0;
  std::int32_t high = 0;
  bool is_unsigned = false;

  friend bool operator==(const ByteQuant&, const ByteQuant&) = default;
};

/// No value unless the value is an i8 or u8 activation with one pair of parameters.
std::optional<ByteQuant> byte_quant(const ir::Value& value, ByteStorage storage);

/// The limits of an activation in stored numbers, as XNNPACK rounds them.
struct ByteRange {
  std::int32_t low;
  std::int32_t high;
};
ByteRange clamped_range(const ByteQuant& quant, ir::Activation activation);

/// Scales for each output channel of int8 weights, one or as many as channels; no value unless all zero points are 0.
std::optional<std::vector<float>> weight_scales(const ir::Value& weights, std::int64_t channels);

/// What turns an accumulator of a channel into output steps, in float and in this order, as XNNPACK computes it.
std::vector<float> output_scales(float input, const std::vector<float>& weights, float output);

}  // namespace netfit::exec
