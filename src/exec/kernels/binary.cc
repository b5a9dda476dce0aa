// SPDX-License-Identifier: Apache-2.0
// Integer sums follow XNNPACK: both operands are brought to one scale by multipliers of 21 bits, the larger of which
// lies in [2^20, 2^21), and the sum is shifted right once, rounding up at half. Integer products are rounded in float,
// ties to even.
#include <algorithm>
#include <bit>
#include <cmath>

#include "exec/kernels/broadcast.h"
#include "exec/kernels/clones.h"
#include "exec/kernels/kernels.h"
#include "exec/kernels/operand.h"
#include "exec/quantized.h"
#include "ir/ops/elementwise.h"

namespace netfit::exec::kernels {
namespace {

// One row of a plan.
template <typename T>
struct Row {
  const T* a;
  std::int64_t step_a;
  const T* b;
  std::int64_t step_b;
  T* out;
  std::int64_t length;
};

// The three ways in which operands move, spelled out so that each becomes vector code. Copies in local variables and
// __restrict tell the compiler that writing bytes changes neither the operands nor the row itself; a step's result
// never shares memory with what it reads.
template <typename T, typename Function>
[[gnu::always_inline]] inline void apply(const Row<T>& row, const Function& function) {
  const T* __restrict a = row.a;
  const T* __restrict b = row.b;
  T* __restrict out = row.out;
  const std::int64_t length = row.length;
  const std::int64_t step_a = row.step_a;
  const std::int64_t step_b = row.step_b;
  if (step_a == 1 && step_b == 1) {
    for (std::int64_t i = 0; i < length; ++i) out[i] = function(a[i], b[i]);
  } else if (step_a == 1 && step_b == 0) {
    const T same = *b;
    for (std::int64_t i = 0; i < length; ++i) out[i] = function(a[i], same);
  } else {
    for (std::int64_t i = 0; i < length; ++i) out[i] = function(a[i * step_a], b[i * step_b]);
  }
}

struct SumParams {
  std::int32_t bias;
  std::int32_t multiplier_a;
  std::int32_t multiplier_b;
  std::int32_t shift;
  std::int32_t zero_point;
  std::int32_t low;
  std::int32_t high;
};

template <typename T>
[[gnu::always_inline]] inline void sum_bytes(const Row<T>& row, const SumParams& params) {
  const SumParams p = params;
  apply(row, [p](T a, T b) {
    const std::int32_t sum = p.bias + a * p.multiplier_a + b * p.multiplier_b;
    return static_cast<T>(std::clamp((sum >> p.shift) + p.zero_point, p.low, p.high));
  });
}

NETFIT_CLONES void sum_unsigned(const Row<std::uint8_t>& row, const SumParams& params) { sum_bytes(row, params); }
NETFIT_CLONES void sum_signed(const Row<std::int8_t>& row, const SumParams& params) { sum_bytes(row, params); }

struct ProductParams {
  std::int32_t zero_point_a;
  std::int32_t zero_point_b;
  float scale;
  float low;  // relative to the zero point
  float high;
  std::int32_t zero_point;
};

template <typename T>
[[gnu::always_inline]] inline void multiply_bytes(const Row<T>& row, const ProductParams& params) {
  const ProductParams p = params;
  apply(row, [p](T a, T b) {
    const std::int32_t product = (a - p.zero_point_a) * (b - p.zero_point_b);
    const float scaled = std::clamp(static_cast<float>(product) * p.scale, p.low, p.high);
    return static_cast<T>(static_cast<std::int32_t>(std::nearbyint(scaled)) + p.zero_point);
  });
}

NETFIT_CLONES void multiply_unsigned(const Row<std::uint8_t>& row, const ProductParams& p) { multiply_bytes(row, p); }
NETFIT_CLONES void multiply_signed(const Row<std::int8_t>& row, const ProductParams& p) { multiply_bytes(row, p); }

struct FloatParams {
  float low;
  float high;
};

template <typename Function>
[[gnu::always_inline]] inline void apply_clamped(const Row<float>& row, const FloatParams& params,
                                                 const Function& function) {
  const FloatParams p = params;
  // Comparing in this order keeps a NaN.
  apply(row, [&function, p](float a, float b) {
    const float result = function(a, b);
    const float raised = result < p.low ? p.low : result;
    return raised > p.high ? p.high : raised;
  });
}

NETFIT_CLONES void add_floats(const Row<float>& row, const FloatParams& p) {
  apply_clamped(row, p, [](float a, float b) { return a + b; });
}
NETFIT_CLONES void subtract_floats(const Row<float>& row, const FloatParams& p) {
  apply_clamped(row, p, [](float a, float b) { return a - b; });
}
NETFIT_CLONES void multiply_floats(const Row<float>& row, const FloatParams& p) {
  apply_clamped(row, p, [](float a, float b) { return a * b; });
}
NETFIT_CLONES void divide_floats(const Row<float>& row, const FloatParams& p) {
  apply_clamped(row, p, [](float a, float b) { return a / b; });
}

template <typename T, typename Params>
class BinaryStep final : public Step {
 public:
  using Kernel = void (*)(const Row<T>& row, const Params& params);

  BinaryStep(const NodeContext& context, Kernel kernel, const Params& params)
      : plan_(plan_broadcast(context)),
        a_(context.node.input(0), context.storage),
        b_(context.node.input(1), context.storage),
        kernel_(kernel),
        params_(params) {}

  Result<void> bind(StepBuffers buffers) override {
    a_.bind(buffers.inputs[0]);
    b_.bind(buffers.inputs[1]);
    output_ = reinterpret_cast<T*>(buffers.output);
    return {};
  }

  Result<void> run() override {
    T* out = output_;
    for (const BroadcastPlan::Row& row : plan_.rows) {
      kernel_({a_.data<T>() + row.a, plan_.step_a, b_.data<T>() + row.b, plan_.step_b, out, plan_.row_length}, params_);
      out += plan_.row_length;
    }
    return {};
  }

 private:
  BroadcastPlan plan_;
  Operand a_;
  Operand b_;
  Kernel kernel_;
  Params params_;
  T* output_ = nullptr;
};

template <typename Params>
std::unique_ptr<Step> byte_step(const NodeContext& context, bool is_unsigned,
                                void (*unsigned_kernel)(const Row<std::uint8_t>&, const Params&),
                                void (*signed_kernel)(const Row<std::int8_t>&, const Params&), const Params& params) {
  if (is_unsigned) return std::make_unique<BinaryStep<std::uint8_t, Params>>(context, unsigned_kernel, params);
  return std::make_unique<BinaryStep<std::int8_t, Params>>(context, signed_kernel, params);
}

// Multipliers as XNNPACK makes them; no value where it refuses the ratio of the scales.
std::optional<SumParams> sum_params(const ByteQuant& a, const ByteQuant& b, const ByteQuant& out, float sign_of_b,
                                    const ByteRange& range) {
  const float scale_a = a.scale / out.scale;
  const float scale_b = b.scale / out.scale;
  const float larger = std::max(scale_a, scale_b);
  constexpr float kLeast = 0x1p-10F;
  constexpr float kMost = 0x1p8F;
  if (std::min(scale_a, scale_b) < kLeast || !(larger < kMost)) return std::nullopt;
  const int exponent = static_cast<int>(std::bit_cast<std::uint32_t>(larger) >> 23) - 127;
  const int shift = 20 - exponent;
  const auto multiplier = [shift](float scale) {
    return static_cast<std::int32_t>(std::lrintf(std::ldexp(scale, shift)));
  };
  SumParams params{.shift = shift, .zero_point = out.zero_point, .low = range.low, .high = range.high};
  params.multiplier_a = multiplier(scale_a);
  params.multiplier_b = multiplier(scale_b) * static_cast<std::int32_t>(sign_of_b);
  params.bias = (1 << (shift - 1)) - params.multiplier_a * a.zero_point - params.multiplier_b * b.zero_point;
  return params;
}

Result<std::unique_ptr<Step>> make_bytes(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  const auto a = byte_quant(node.input(0), context.storage);
  const auto b = byte_quant(node.input(1), context.storage);
  const auto out = byte_quant(node.output(), context.storage);
  if (!a || !b || !out) return nullptr;
  const ByteRange range = clamped_range(*out, node.attrs<ir::BinaryAttrs>().activation);
  if (&node.op() == &ir::kAdd || &node.op() == &ir::kSub) {
    const auto params = sum_params(*a, *b, *out, &node.op() == &ir::kSub ? -1.0F : 1.0F, range);
    if (!params) return nullptr;
    return byte_step(context, out->is_unsigned, &sum_unsigned, &sum_signed, *params);
  }
  if (&node.op() != &ir::kMul) return nullptr;
  const ProductParams params{.zero_point_a = a->zero_point,
                             .zero_point_b = b->zero_point,
                             .scale = a->scale * b->scale / out->scale,
                             .low = static_cast<float>(range.low - out->zero_point),
                             .high = static_cast<float>(range.high - out->zero_point),
                             .zero_point = out->zero_point};
  return byte_step(context, out->is_unsigned, &multiply_unsigned, &multiply_signed, params);
}

}  // namespace

Result<std::unique_ptr<Step>> make_binary(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  struct FloatKernel {
    const ir::OpSpec* op;
    void (*kernel)(const Row<float>&, const FloatParams&);
  };
  constexpr FloatKernel kFloatKernels[] = {{&ir::kAdd, &add_floats},
                                           {&ir::kSub, &subtract_floats},
                                           {&ir::kMul, &multiply_floats},
                                           {&ir::kDiv, &divide_floats}};
  const auto* found = std::ranges::find(kFloatKernels, &node.op(), &FloatKernel::op);
  if (found == std::end(kFloatKernels)) return nullptr;
  if (node.output().dtype == DType::Int8) return make_bytes(context);
  if (node.output().dtype != DType::Float32) return nullptr;
  const ir::ActivationRange range = ir::range_of(node.attrs<ir::BinaryAttrs>().activation);
  return std::make_unique<BinaryStep<float, FloatParams>>(context, found->kernel, FloatParams{range.low, range.high});
}

}  // namespace netfit::exec::kernels
