// SPDX-License-Identifier: Apache-2.0
// f32 to i8 follows XNNPACK: times the reciprocal of the scale, rounded to even.
#include "ir/ops/requantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "exec/kernels/clones.h"
#include "exec/kernels/kernels.h"
#include "exec/quantized.h"

namespace netfit::exec::kernels {
namespace {

// Bytes are handled as the unsigned numbers that they look like; `flip` turns those into signed ones.
struct Params {
  float scale;
  std::int32_t zero_point;
  float low;  // relative to the zero point
  float high;
  std::uint8_t flip;
  std::int64_t count;
};

NETFIT_CLONES void quantize(const float* in, std::uint8_t* out, const Params& params) {
  const Params p = params;
  for (std::int64_t i = 0; i < p.count; ++i) {
    const float scaled = in[i] * p.scale;
    // Comparing in this order turns a NaN into the lower limit instead of leaving it to the conversion.
    const float raised = scaled > p.low ? scaled : p.low;
    const float limited = raised < p.high ? raised : p.high;
    const std::int32_t step = static_cast<std::int32_t>(std::nearbyint(limited)) + p.zero_point;
    out[i] = static_cast<std::uint8_t>(step);
  }
}

NETFIT_CLONES void dequantize(const std::uint8_t* in, float* out, const Params& params) {
  const Params p = params;
  // Flipped, a signed number is 128 more than it was; so is its zero point.
  const std::int32_t zero_point = p.zero_point + p.flip;
  for (std::int64_t i = 0; i < p.count; ++i) {
    out[i] = static_cast<float>(static_cast<std::int32_t>(in[i] ^ p.flip) - zero_point) * p.scale;
  }
}

enum class Direction { ToBytes, ToFloat };

class RequantizeStep final : public Step {
 public:
  RequantizeStep(Direction direction, const Params& params) : direction_(direction), params_(params) {}

  Result<void> bind(StepBuffers buffers) override {
    buffers_ = std::move(buffers);
    return {};
  }

  Result<void> run() override {
    const std::byte* in = buffers_.inputs[0];
    if (direction_ == Direction::ToBytes) {
      quantize(reinterpret_cast<const float*>(in), reinterpret_cast<std::uint8_t*>(buffers_.output), params_);
    } else {
      dequantize(reinterpret_cast<const std::uint8_t*>(in), reinterpret_cast<float*>(buffers_.output), params_);
    }
    return {};
  }

 private:
  Direction direction_;
  Params params_;
  StepBuffers buffers_;
};

/// i8 and u8 of the same scale: zero points differ by 128, or not at all as buffers go.
class ShiftStep final : public Step {
 public:
  ShiftStep(std::int64_t count, std::uint8_t flip) : count_(count), flip_(flip) {}

  Result<void> bind(StepBuffers buffers) override {
    buffers_ = std::move(buffers);
    return {};
  }

  Result<void> run() override {
    const std::byte* in = buffers_.inputs[0];
    for (std::int64_t i = 0; i < count_; ++i) buffers_.output[i] = in[i] ^ std::byte{flip_};
    return {};
  }

 private:
  std::int64_t count_;
  std::uint8_t flip_;
  StepBuffers buffers_;
};

std::int32_t unsigned_zero_point(const ByteQuant& quant) { return quant.zero_point + (quant.is_unsigned ? 0 : 128); }

}  // namespace

Result<std::unique_ptr<Step>> make_requantize(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  if (&node.op() != &ir::kRequantize || node.input(0).is_constant()) return nullptr;
  const std::int64_t count = context.batch * node.output().shape.element_count();
  const auto in = byte_quant(node.input(0), context.storage);
  const auto out = byte_quant(node.output(), context.storage);
  if (in && out) {
    if (in->scale != out->scale || unsigned_zero_point(*in) != unsigned_zero_point(*out)) return nullptr;
    return std::make_unique<ShiftStep>(count, in->is_unsigned == out->is_unsigned ? 0 : 0x80);
  }
  if (out && node.input(0).dtype == DType::Float32) {
    return std::make_unique<RequantizeStep>(Direction::ToBytes,
                                            Params{.scale = 1.0F / out->scale,
                                                   .zero_point = out->zero_point,
                                                   .low = static_cast<float>(out->low - out->zero_point),
                                                   .high = static_cast<float>(out->high - out->zero_point),
                                                   .count = count});
  }
  if (in && node.output().dtype == DType::Float32) {
    const std::uint8_t flip = in->is_unsigned ? 0 : 0x80;
    return std::make_unique<RequantizeStep>(
        Direction::ToFloat, Params{.scale = in->scale, .zero_point = in->zero_point, .flip = flip, .count = count});
  }
  return nullptr;
}

}  // namespace netfit::exec::kernels
