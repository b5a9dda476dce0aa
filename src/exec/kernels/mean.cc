// SPDX-License-Identifier: Apache-2.0
// The mean over all pixels. In i8, the rule of LiteRT's kernel: the exact sum of the i8 numbers, times one float scale,
// plus one float offset that holds both zero points, rounded to even. Each step rounds, so that ties fall as they do
// there; XNNPACK's own kernel of 2022 rounds before it adds, so this one serves both backends.
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
  std::int32_t first_sum;  ///< makes a sum of stored numbers one of i8 numbers
  float scale;
  float offset;
  float low;
  float high;
  std::int32_t storage_offset;  ///< stored number - i8 number
};

// `sums` has one element for each channel.
template <typename T>
[[gnu::always_inline]] inline void mean_of_bytes(const T* in, T* out, std::int32_t* sums, const Extents& extents,
                                                 const ByteParams& params) {
  for (std::int64_t image = 0; image < extents.images; ++image) {
    std::fill_n(sums, extents.channels, params.first_sum);
    for (std::int64_t pixel = 0; pixel < extents.pixels; ++pixel) {
      for (std::int64_t c = 0; c < extents.channels; ++c) sums[c] += in[c];
      in += extents.channels;
    }
    for (std::int64_t c = 0; c < extents.channels; ++c) {
      const float scaled = static_cast<float>(sums[c]) * params.scale + params.offset;
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
  const std::int32_t shift = out->is_unsigned ? 128 : 0;
  const auto pixels = static_cast<std::int32_t>(extents.pixels);
  const float scale = in->scale / out->scale * (1.0F / static_cast<float>(pixels));
  const auto zeros = static_cast<float>(pixels * (in->zero_point - shift));
  const ByteParams params{.first_sum = -pixels * shift,
                          .scale = scale,
                          .offset = static_cast<float>(out->zero_point - shift) - zeros * scale,
                          .low = static_cast<float>(out->low - shift),
                          .high = static_cast<float>(out->high - shift),
                          .storage_offset = shift};
  return std::make_unique<MeanStep>(extents, params, dtype, out->is_unsigned);
}

}  // namespace netfit::exec::kernels
