// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>

#include "exec/kernels/clones.h"
#include "exec/kernels/kernels.h"
#include "exec/quantized.h"
#include "ir/ops/activation.h"
#include "ir/ops/normalization.h"

namespace netfit::exec::kernels {
namespace {

/// A step that hands all its elements, or all its rows, to one function.
class FunctionStep final : public Step {
 public:
  using Function = std::function<void(const std::byte* in, std::byte* out)>;
  explicit FunctionStep(Function function) : function_(std::move(function)) {}

  Result<void> bind(StepBuffers buffers) override {
    buffers_ = std::move(buffers);
    return {};
  }
  Result<void> run() override {
    function_(buffers_.inputs[0], buffers_.output);
    return {};
  }

 private:
  Function function_;
  StepBuffers buffers_;
};

template <typename T, typename Kernel>
std::unique_ptr<Step> step(const Kernel& kernel) {
  return std::make_unique<FunctionStep>([kernel](const std::byte* in, std::byte* out) {
    kernel(reinterpret_cast<const T*>(in), reinterpret_cast<T*>(out));
  });
}

template <typename T>
[[gnu::always_inline]] inline void clamp_all(const T* in, T* out, std::int64_t count, T low, T high) {
  for (std::int64_t i = 0; i < count; ++i) {
    const T raised = in[i] < low ? low : in[i];
    out[i] = raised > high ? high : raised;
  }
}

NETFIT_CLONES void clamp_floats(const float* in, float* out, std::int64_t count, float low, float high) {
  clamp_all(in, out, count, low, high);
}
NETFIT_CLONES void clamp_unsigned(const std::uint8_t* in, std::uint8_t* out, std::int64_t count, std::uint8_t low,
                                  std::uint8_t high) {
  clamp_all(in, out, count, low, high);
}
NETFIT_CLONES void clamp_signed(const std::int8_t* in, std::int8_t* out, std::int64_t count, std::int8_t low,
                                std::int8_t high) {
  clamp_all(in, out, count, low, high);
}

NETFIT_CLONES void hard_swish(const float* in, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = in[i] * std::clamp(in[i] + 3.0F, 0.0F, 6.0F) / 6.0F;
}

NETFIT_CLONES void hard_sigmoid(const float* in, float* out, std::int64_t count, float alpha, float beta) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = std::clamp(alpha * in[i] + beta, 0.0F, 1.0F);
}

void sigmoid(const float* in, float* out, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = 1.0F / (1.0F + std::exp(-in[i]));
}

void softmax(const float* in, float* out, std::int64_t rows, std::int64_t columns, float beta) {
  for (std::int64_t row = 0; row < rows; ++row) {
    const float most = *std::max_element(in, in + columns);
    float sum = 0.0F;
    for (std::int64_t i = 0; i < columns; ++i) {
      out[i] = std::exp((in[i] - most) * beta);
      sum += out[i];
    }
    for (std::int64_t i = 0; i < columns; ++i) out[i] /= sum;
    in += columns;
    out += columns;
  }
}

NETFIT_CLONES void scale_and_shift(const float* in, float* out, std::int64_t rows, const std::vector<float>& scale,
                                   const std::vector<float>& shift) {
  const std::size_t channels = scale.size();
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::size_t c = 0; c < channels; ++c) out[c] = in[c] * scale[c] + shift[c];
    in += channels;
    out += channels;
  }
}

Result<std::unique_ptr<Step>> make_batch_norm(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  for (std::size_t i = 1; i < 5; ++i) {
    if (!node.input(i).is_constant()) return nullptr;
  }
  const std::span<const float> scale = node.input(1).constant->data<float>();
  const std::span<const float> shift = node.input(2).constant->data<float>();
  const std::span<const float> mean = node.input(3).constant->data<float>();
  const std::span<const float> variance = node.input(4).constant->data<float>();
  const float epsilon = node.attrs<ir::BatchNormAttrs>().epsilon;
  std::vector<float> factors;
  std::vector<float> offsets;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    factors.push_back(scale[c] / std::sqrt(variance[c] + epsilon));
    offsets.push_back(shift[c] - mean[c] * factors[c]);
  }
  if (factors.empty()) return nullptr;
  const std::int64_t rows = context.batch * node.output().shape.element_count() / std::ssize(factors);
  return step<float>([=](const float* in, float* out) { scale_and_shift(in, out, rows, factors, offsets); });
}

Result<std::unique_ptr<Step>> make_byte_clamp(const NodeContext& context, ir::Activation activation,
                                              std::int64_t count) {
  const auto in = byte_quant(context.node.input(0), context.storage);
  const auto out = byte_quant(context.node.output(), context.storage);
  // With other parameters the numbers would have to be scaled too.
  if (!in || in != out) return nullptr;
  const ByteRange range = clamped_range(*out, activation);
  if (out->is_unsigned) {
    return step<std::uint8_t>([=](const std::uint8_t* from, std::uint8_t* to) {
      clamp_unsigned(from, to, count, static_cast<std::uint8_t>(range.low), static_cast<std::uint8_t>(range.high));
    });
  }
  return step<std::int8_t>([=](const std::int8_t* from, std::int8_t* to) {
    clamp_signed(from, to, count, static_cast<std::int8_t>(range.low), static_cast<std::int8_t>(range.high));
  });
}

Result<std::unique_ptr<Step>> make_softmax(const NodeContext& context, std::int64_t count) {
  const std::int64_t columns = context.node.output().shape.dim(-1);
  const float beta = context.node.attrs<ir::SoftmaxAttrs>().beta;
  if (columns == 0) return nullptr;
  return step<float>([=](const float* in, float* out) { softmax(in, out, count / columns, columns, beta); });
}

}  // namespace

Result<std::unique_ptr<Step>> make_pointwise(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  if (node.input_count() == 0 || !node.has_input(0) || node.input(0).is_constant()) return nullptr;
  const std::int64_t count = context.batch * node.output().shape.element_count();
  const std::optional<ir::Activation> activation = ir::as_activation(node.op());
  const DType dtype = node.output().dtype;
  if (activation && dtype == DType::Int8) return make_byte_clamp(context, *activation, count);
  if (dtype != DType::Float32 || node.input(0).dtype != DType::Float32) return nullptr;
  if (activation) {
    const ir::ActivationRange range = ir::range_of(*activation);
    return step<float>([=](const float* in, float* out) { clamp_floats(in, out, count, range.low, range.high); });
  }
  if (&node.op() == &ir::kBatchNorm) return make_batch_norm(context);
  if (&node.op() == &ir::kSoftmax) return make_softmax(context, count);
  if (&node.op() == &ir::kSigmoid) return step<float>([=](const float* in, float* out) { sigmoid(in, out, count); });
  if (&node.op() == &ir::kHardSwish) {
    return step<float>([=](const float* in, float* out) { hard_swish(in, out, count); });
  }
  if (&node.op() == &ir::kHardSigmoid) {
    const auto attrs = node.attrs<ir::HardSigmoidAttrs>();
    return step<float>([=](const float* in, float* out) { hard_sigmoid(in, out, count, attrs.alpha, attrs.beta); });
  }
  return nullptr;
}

}  // namespace netfit::exec::kernels
