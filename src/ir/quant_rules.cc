// SPDX-License-Identifier: Apache-2.0
#include "ir/quant_rules.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "ir/ops/conv.h"
#include "ir/ops/requantize.h"

namespace netfit::ir {
namespace {

// Types whose integers mean nothing without parameters; i32 and i64 also hold biases and plain numbers.
bool needs_params(DType dtype) {
  constexpr std::array kQuantized{DType::Int4, DType::Int8, DType::UInt8, DType::Int16};
  return std::ranges::find(kQuantized, dtype) != kQuantized.end();
}

// R9 for one pair: TFLite's 16-bit activations and all biases are symmetric.
bool zero_point_fits(DType dtype, std::int32_t zero_point) {
  if (bit_width(dtype) >= 16) return zero_point == 0;
  return zero_point >= tensor::lowest(dtype) && zero_point <= tensor::highest(dtype);
}

std::string params_text(const std::optional<QuantParams>& quant) {
  if (!quant) return "none";
  if (quant->is_per_channel()) return fmt::format("one pair per channel of axis {}", quant->axis);
  return fmt::format("{}, {}", quant->scale(), quant->zero_point());
}

// R9: lengths, axis, scales and zero points.
void check_params(const Value& value, const std::string& where, Diagnostics& faults) {
  const QuantParams& quant = *value.quant;
  const auto pairs = std::ssize(quant.scales);
  if (quant.axis >= value.shape.rank() || quant.axis < -1) {
    return faults.error(
        where, fmt::format("R9: quantization axis {} does not exist in shape {}", quant.axis, to_string(value.shape)));
  }
  const std::int64_t needed = quant.is_per_channel() ? value.shape[quant.axis] : 1;
  if (pairs != needed || std::ssize(quant.zero_points) != needed) {
    return faults.error(
        where, fmt::format("R9: has {} scales and {} zero points, needs {}", pairs, quant.zero_points.size(), needed));
  }
  for (std::int64_t i = 0; i < pairs; ++i) {
    if (!(quant.scale(i) > 0) || !std::isfinite(quant.scale(i))) {
      return faults.error(where, fmt::format("R9: scale {} is not positive and finite", quant.scale(i)));
    }
    if (!zero_point_fits(value.dtype, quant.zero_point(i))) {
      return faults.error(where, fmt::format("R9: zero point {} is out of range for {}", quant.zero_point(i),
                                             tensor::name(value.dtype)));
    }
  }
}

bool has_weights(const OpSpec& op) { return &op == &kConv2d || &op == &kDepthwiseConv2d || &op == &kFullyConnected; }

// R13: weights are symmetric, along output channels or as a whole.
bool check_weights(const NodeView& node, Diagnostics& faults) {
  const QuantParams& quant = *node.input(1).quant;
  if (quant.is_per_channel() && quant.axis != output_channel_axis(node.op())) {
    faults.error(describe(node),
                 fmt::format("R13: weights are quantized along axis {}, not along output channels, axis {}", quant.axis,
                             output_channel_axis(node.op())));
    return false;
  }
  const auto asymmetric = std::ranges::find_if(quant.zero_points, [](std::int32_t zero) { return zero != 0; });
  if (asymmetric == quant.zero_points.end()) return true;
  faults.error(describe(node), fmt::format("R13: weights have zero point {}, must have 0", *asymmetric));
  return false;
}

// R14: a bias is added to sums of products, so its unit is the product's.
void check_bias(const NodeView& node, Diagnostics& faults) {
  constexpr float kTolerance = 1e-5F;
  const QuantParams& bias = *node.input(2).quant;
  const QuantParams& weights = *node.input(1).quant;
  const std::int64_t channels = node.input(2).shape[0];
  for (std::int64_t c = 0; c < channels; ++c) {
    const float product = node.input(0).quant->scale() * weights.scale(c);
    if (std::fabs(bias.scale(c) - product) <= kTolerance * product) continue;
    return faults.error(
        describe(node),
        fmt::format("R14: the bias has scale {} for channel {}, data and weights give {}", bias.scale(c), c, product));
  }
}

// R11: the op moves integers, so all must mean the same.
void check_same_as_data(const NodeView& node, Diagnostics& faults) {
  const std::optional<QuantParams>& result = node.output().quant;
  const std::size_t data = std::min(node.input_count(), static_cast<std::size_t>(node.op().data_inputs));
  for (std::size_t i = 0; i < data; ++i) {
    if (!node.has_input(i) || node.input(i).quant == result) continue;
    return faults.error(describe(node), fmt::format("R11: input {} has parameters {}, the result has {}", i,
                                                    params_text(node.input(i).quant), params_text(result)));
  }
}

void check_range(const Value& value, const std::string& where, Diagnostics& faults) {
  if (!value.range) return;
  if (value.dtype != DType::Float32 || value.is_constant())
    return faults.error(where, "R17: only a float activation can have a range");
  const Interval& range = *value.range;
  if (std::isfinite(range.low) && std::isfinite(range.high) && range.low < range.high) return;
  faults.error(where, fmt::format("R17: the range {} to {} is none", range.low, range.high));
}

}  // namespace

std::optional<QuantParams> unit_params(DType dtype) {
  if (dtype == DType::Int8) return QuantParams::per_tensor(1.0F / 256, -128);
  if (dtype == DType::UInt8) return QuantParams::per_tensor(1.0F / 256, 0);
  if (dtype == DType::Int16) return QuantParams::per_tensor(1.0F / 32768, 0);
  return std::nullopt;
}

void check_value_quant(const Value& value, const std::string& where, Diagnostics& faults) {
  check_range(value, where, faults);
  if (!value.quant) {
    if (needs_params(value.dtype)) {
      faults.error(where, fmt::format("R8: {} needs quantization parameters", tensor::name(value.dtype)));
    }
    return;
  }
  if (!tensor::is_integer(value.dtype)) {
    return faults.error(where, fmt::format("R8: {} cannot have quantization parameters", tensor::name(value.dtype)));
  }
  if (value.quant->is_per_channel() && !value.is_constant()) {
    return faults.error(where, "R10: only a constant can have quantization parameters per channel");
  }
  check_params(value, where, faults);
}

void check_node_quant(const NodeView& node, Diagnostics& faults) {
  const OpSpec& op = node.op();
  if (op.quant == QuantRule::SameAsData) check_same_as_data(node, faults);
  if (op.quant == QuantRule::Unit && node.output().quant != unit_params(node.output().dtype)) {
    faults.error(describe(node),
                 fmt::format("R12: the result has parameters {}, must have {}", params_text(node.output().quant),
                             params_text(unit_params(node.output().dtype))));
  }
  if (&op == &kRequantize) {
    for (const Value* side : {&node.input(0), &node.output()}) {
      if (tensor::is_float(side->dtype) || side->quant) continue;
      faults.error(describe(node), fmt::format("R8: {} needs quantization parameters", tensor::name(side->dtype)));
    }
  }
  if (!has_weights(op) || tensor::is_float(node.input(1).dtype)) return;
  if (!check_weights(node, faults) || is_hybrid(node)) return;
  if (node.has_input(2) && node.input(2).quant) check_bias(node, faults);
}

}  // namespace netfit::ir
