// SPDX-License-Identifier: Apache-2.0
// The mean over all pixels. In i8, the rule of LiteRT's kernel: an exact sum, times one float scale, plus the zero
// point in float, rounded to even. Adding first matters: 2.5000001 - 128 is a tie in float. XNNPACK's own kernel of
// 2022 rounds before it adds, so this one serves both backends.
#include <algorithm>
#include <cmath>

#include "exec/kernels/clones.h"
#include "exec/kernels/kernels.h"
#include "exec/quantized.h"
#include "ir/ops/reduce.h"

namespace netfit::exec::kernels {
namespace {

struct Extents {
  std::int64_t images;
  std::int64_t pixels;
  std::int64_t channels;
};

struct ByteParams {
  std::int32_t bias;
  float scale;
  float zero_point;  ///< of the type i8, whatever the storage
  float low;
  float high;
  std::int32_t storage_offset;  ///< stored number - i8 number
};

// `sums` has one element for each channel.
template <typename T>
[[gnu::always_inline]] inline void mean_of_bytes(const T* in, T* out, std::int32_t* sums, const Extents& extents,
                                                 const ByteParams& params) {
  for (std::int64_t image = 0; image < extents.images; ++image) {
    std::fill_n(sums, extents.channels, params.bias);
    for (std::int64_t pixel = 0; pixel < extents.pixels; ++pixel) {
      for (std::int64_t c = 0; c < extents.channels; ++c) sums[c] += in[c];
      in += extents.channels;
    }
    for (std::int64_t c = 0; c < extents.channels; ++c) {
      const float scaled = std::fma(static_cast<float>(sums[c]), params.scale, params.zero_point);
      const float limited = std::clamp(scaled, params.low, params.high);
      out[c] = static_cast<T>(static_cast<std::int32_t>(std::nearbyint(limited)) + params.storage_offset);
    }
    out += extents.channels;
  }
}

NETFIT_CLONES void mean_unsigned(const std::uint8_t* in, std::uint8_t* out, std::int32_t* sums, const Extents& extents,
                                 const ByteParams& params) {
  mean_of_bytes(in, out, sums, extents, params);
}
NETFIT_CLONES void mean_signed(const std::int8_t* in, std::int8_t* out, std::int32_t* sums, const Extents& extents,
                               const ByteParams& params) {
  mean_of_bytes(in, out, sums, extents, params);
}

NETFIT_CLONES void mean_floats(const float* in, float* out, const Extents& extents) {
  const float share = 1.0F / static_cast<float>(extents.pixels);
  for (std::int64_t image = 0; image < extents.images; ++image) {
    std::fill_n(out, extents.channels, 0.0F);
    for (std::int64_t pixel = 0; pixel < extents.pixels; ++pixel) {
      for (std::int64_t c = 0; c < extents.channels; ++c) out[c] += in[c];
      in += extents.channels;
    }
    for (std::int64_t c = 0; c < extents.channels; ++c) out[c] *= share;
    out += extents.channels;
  }
}

class MeanStep final : public Step {
 public:
  MeanStep(const Extents& extents, const ByteParams& params, DType dtype, bool is_unsigned)
      : extents_(extents), params_(params), dtype_(dtype), is_unsigned_(is_unsigned) {}

  std::size_t scratch_bytes() const override { return static_cast<std::size_t>(extents_.channels) * 4; }

  Result<void> bind(StepBuffers buffers) override {
    buffers_ = std::move(buffers);
    return {};
  }

  Result<void> run() override {
    const std::byte* in = buffers_.inputs[0];
    std::byte* out = buffers_.output;
    auto* sums = reinterpret_cast<std::int32_t*>(buffers_.scratch);
    if (dtype_ == DType::Float32) {
      mean_floats(reinterpret_cast<const float*>(in), reinterpret_cast<float*>(out), extents_);
    } else if (is_unsigned_) {
      mean_unsigned(reinterpret_cast<const std::uint8_t*>(in), reinterpret_cast<std::uint8_t*>(out), sums, extents_,
                    params_);
    } else {
      mean_signed(reinterpret_cast<const std::int8_t*>(in), reinterpret_cast<std::int8_t*>(out), sums, extents_,
                  params_);
    }
    return {};
  }

 private:
  Extents extents_;
  ByteParams params_;
  DType dtype_;
  bool is_unsigned_;
  StepBuffers buffers_;
};

}  // namespace

Result<std::unique_ptr<Step>> make_mean(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  if (&node.op() != &ir::kMean || node.input(0).is_constant()) return nullptr;
  const Shape& shape = node.input(0).shape;
  if (shape.rank() != 4 || node.attrs<ir::ReduceAttrs>().axes != std::vector<std::int64_t>{1, 2}) return nullptr;
  const Extents extents{context.batch, shape[1] * shape[2], shape[3]};
  const DType dtype = node.output().dtype;
  if (dtype == DType::Float32) return std::make_unique<MeanStep>(extents, ByteParams{}, dtype, false);
  const auto in = byte_quant(node.input(0), context.storage);
  const auto out = byte_quant(node.output(), context.storage);
  // A sum of more pixels could leave 32 bits.
  constexpr std::int64_t kMostPixels = 1 << 23;
  if (dtype != DType::Int8 || !in || !out || extents.pixels > kMostPixels) return nullptr;
  const std::int32_t offset = out->is_unsigned ? 128 : 0;
  const ByteParams params{.bias = -static_cast<std::int32_t>(extents.pixels) * in->zero_point,
                          .scale = in->scale / (out->scale * static_cast<float>(extents.pixels)),
                          .zero_point = static_cast<float>(out->zero_point - offset),
                          .low = static_cast<float>(out->low - offset),
                          .high = static_cast<float>(out->high - offset),
                          .storage_offset = offset};
  return std::make_unique<MeanStep>(extents, params, dtype, out->is_unsigned);
}

}  // namespace netfit::exec::kernels
