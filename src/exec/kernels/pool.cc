// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/pool.h"

#include <algorithm>
#include <limits>

#include "exec/bytes.h"
#include "exec/kernels/clones.h"
#include "exec/kernels/kernels.h"
#include "exec/quantized.h"

namespace netfit::exec::kernels {
namespace {

struct PoolShape {
  std::int64_t images;
  std::int64_t in_height;
  std::int64_t in_width;
  std::int64_t out_height;
  std::int64_t out_width;
  std::int64_t channels;
  ir::Pool2dAttrs attrs;
};

template <typename T>
struct Limits {
  T low;
  T high;
};

// The part of a window along one axis that lies inside the image.
struct Span {
  std::int64_t begin;
  std::int64_t end;
};
Span inside(std::int64_t position, std::int64_t stride, std::int64_t padding, std::int64_t window,
            std::int64_t extent) {
  const std::int64_t begin = position * stride - padding;
  return {std::max<std::int64_t>(begin, 0), std::min(begin + window, extent)};
}

// `start` is what a result begins with, `take` adds a tap, `finish` turns what was gathered from `taps` into the
// result.
template <typename T, typename Take, typename Finish>
[[gnu::always_inline]] inline void pool(const T* in, T* out, const PoolShape& given, T start, const Take& take,
                                        const Finish& finish) {
  // A copy of our own: writing bytes through `out` cannot change it, which the compiler must know to make vector code.
  const PoolShape shape = given;
  const ir::Pool2dAttrs& attrs = shape.attrs;
  for (std::int64_t image = 0; image < shape.images; ++image) {
    for (std::int64_t y = 0; y < shape.out_height; ++y) {
      const Span rows = inside(y, attrs.stride.height, attrs.padding.top, attrs.window.height, shape.in_height);
      for (std::int64_t x = 0; x < shape.out_width; ++x) {
        const Span columns = inside(x, attrs.stride.width, attrs.padding.left, attrs.window.width, shape.in_width);
        std::fill_n(out, shape.channels, start);
        for (std::int64_t row = rows.begin; row < rows.end; ++row) {
          for (std::int64_t column = columns.begin; column < columns.end; ++column) {
            const T* pixel = in + (row * shape.in_width + column) * shape.channels;
            for (std::int64_t c = 0; c < shape.channels; ++c) out[c] = take(out[c], pixel[c]);
          }
        }
        const std::int64_t taps = (rows.end - rows.begin) * (columns.end - columns.begin);
        for (std::int64_t c = 0; c < shape.channels; ++c) out[c] = finish(out[c], taps);
        out += shape.channels;
      }
    }
    in += shape.in_height * shape.in_width * shape.channels;
  }
}

template <typename T>
[[gnu::always_inline]] inline void pool_max(const T* in, T* out, const PoolShape& shape, const Limits<T>& limits) {
  const Limits<T> l = limits;
  pool(
      in, out, shape, std::numeric_limits<T>::lowest(), [](T most, T tap) { return tap > most ? tap : most; },
      [l](T most, std::int64_t) { return std::clamp(most, l.low, l.high); });
}

NETFIT_CLONES void max_floats(const float* in, float* out, const PoolShape& shape, const Limits<float>& limits) {
  pool_max(in, out, shape, limits);
}
NETFIT_CLONES void max_unsigned(const std::uint8_t* in, std::uint8_t* out, const PoolShape& shape,
                                const Limits<std::uint8_t>& limits) {
  pool_max(in, out, shape, limits);
}
NETFIT_CLONES void max_signed(const std::int8_t* in, std::int8_t* out, const PoolShape& shape,
                              const Limits<std::int8_t>& limits) {
  pool_max(in, out, shape, limits);
}
NETFIT_CLONES void average_floats(const float* in, float* out, const PoolShape& shape, const Limits<float>& limits) {
  const Limits<float> l = limits;
  pool(
      in, out, shape, 0.0F, [](float sum, float tap) { return sum + tap; },
      [l](float sum, std::int64_t taps) { return std::clamp(sum / static_cast<float>(taps), l.low, l.high); });
}

// TFLite's rule: the mean of the stored integers, halves away from zero. `offset` is what the storage adds to them.
template <typename T>
[[gnu::always_inline]] inline void average_of_bytes(const T* in, T* out, std::int32_t* sums, const PoolShape& given,
                                                    const Limits<std::int32_t>& limits, std::int32_t offset) {
  const PoolShape shape = given;
  const Limits<std::int32_t> l = limits;
  const ir::Pool2dAttrs& attrs = shape.attrs;
  for (std::int64_t place = 0; place < shape.images * shape.out_height * shape.out_width; ++place) {
    const std::int64_t x = place % shape.out_width;
    const std::int64_t y = place / shape.out_width % shape.out_height;
    const T* image =
        in + place / (shape.out_width * shape.out_height) * shape.in_height * shape.in_width * shape.channels;
    const Span rows = inside(y, attrs.stride.height, attrs.padding.top, attrs.window.height, shape.in_height);
    const Span columns = inside(x, attrs.stride.width, attrs.padding.left, attrs.window.width, shape.in_width);
    std::fill_n(sums, shape.channels, 0);
    for (std::int64_t row = rows.begin; row < rows.end; ++row) {
      for (std::int64_t column = columns.begin; column < columns.end; ++column) {
        const T* pixel = image + (row * shape.in_width + column) * shape.channels;
        for (std::int64_t c = 0; c < shape.channels; ++c) sums[c] += pixel[c];
      }
    }
    const auto taps = static_cast<std::int32_t>((rows.end - rows.begin) * (columns.end - columns.begin));
    for (std::int64_t c = 0; c < shape.channels; ++c) {
      const std::int32_t sum = sums[c] - offset * taps;
      const std::int32_t mean = (sum + (sum < 0 ? -taps / 2 : taps / 2)) / taps;
      out[c] = static_cast<T>(std::clamp(mean + offset, l.low, l.high));
    }
    out += shape.channels;
  }
}

NETFIT_CLONES void average_unsigned(const std::uint8_t* in, std::uint8_t* out, std::int32_t* sums,
                                    const PoolShape& shape, const Limits<std::int32_t>& limits, std::int32_t offset) {
  average_of_bytes(in, out, sums, shape, limits, offset);
}
NETFIT_CLONES void average_signed(const std::int8_t* in, std::int8_t* out, std::int32_t* sums, const PoolShape& shape,
                                  const Limits<std::int32_t>& limits, std::int32_t offset) {
  average_of_bytes(in, out, sums, shape, limits, offset);
}

class ByteAverageStep final : public Step {
 public:
  ByteAverageStep(const PoolShape& shape, const ByteRange& range, bool is_unsigned, std::int32_t offset)
      : shape_(shape), limits_{range.low, range.high}, is_unsigned_(is_unsigned), offset_(offset) {}

  std::size_t scratch_bytes() const override { return static_cast<std::size_t>(shape_.channels) * 4; }

  Result<void> bind(StepBuffers buffers) override {
    buffers_ = std::move(buffers);
    return {};
  }

  Result<void> run() override {
    auto* sums = reinterpret_cast<std::int32_t*>(buffers_.scratch);
    if (is_unsigned_) {
      average_unsigned(reinterpret_cast<const std::uint8_t*>(buffers_.inputs[0]),
                       reinterpret_cast<std::uint8_t*>(buffers_.output), sums, shape_, limits_, offset_);
    } else {
      average_signed(reinterpret_cast<const std::int8_t*>(buffers_.inputs[0]),
                     reinterpret_cast<std::int8_t*>(buffers_.output), sums, shape_, limits_, offset_);
    }
    return {};
  }

 private:
  PoolShape shape_;
  Limits<std::int32_t> limits_;
  bool is_unsigned_;
  std::int32_t offset_;
  StepBuffers buffers_;
};

template <typename T>
class PoolStep final : public Step {
 public:
  using Kernel = void (*)(const T* in, T* out, const PoolShape& shape, const Limits<T>& limits);

  PoolStep(Kernel kernel, const PoolShape& shape, const Limits<T>& limits)
      : kernel_(kernel), shape_(shape), limits_(limits) {}

  Result<void> bind(StepBuffers buffers) override {
    buffers_ = std::move(buffers);
    return {};
  }

  Result<void> run() override {
    kernel_(reinterpret_cast<const T*>(buffers_.inputs[0]), reinterpret_cast<T*>(buffers_.output), shape_, limits_);
    return {};
  }

 private:
  Kernel kernel_;
  PoolShape shape_;
  Limits<T> limits_;
  StepBuffers buffers_;
};

}  // namespace

Result<std::unique_ptr<Step>> make_pool(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  const bool average = &node.op() == &ir::kAveragePool2d;
  if ((!average && &node.op() != &ir::kMaxPool2d) || node.input(0).is_constant()) return nullptr;
  const Shape& in = node.input(0).shape;
  const Shape& out = node.output().shape;
  const auto& attrs = node.attrs<ir::Pool2dAttrs>();
  const PoolShape shape{context.batch, in[1], in[2], out[1], out[2], in[3], attrs};
  if (node.output().dtype == DType::Float32) {
    const ir::ActivationRange range = ir::range_of(attrs.activation);
    return std::make_unique<PoolStep<float>>(average ? &average_floats : &max_floats, shape,
                                             Limits<float>{range.low, range.high});
  }
  const auto quant = byte_quant(node.output(), context.storage);
  if (!quant || byte_quant(node.input(0), context.storage) != quant) return nullptr;
  const ByteRange range = clamped_range(*quant, attrs.activation);
  // A sum of more taps could leave 32 bits.
  constexpr std::int64_t kMostTaps = 1 << 22;
  if (average && attrs.window.height * attrs.window.width > kMostTaps) return nullptr;
  if (average) {
    const std::int32_t offset = is_flipped(node.output().dtype, context.storage) ? 128 : 0;
    return std::make_unique<ByteAverageStep>(shape, range, quant->is_unsigned, offset);
  }
  if (quant->is_unsigned) {
    const Limits<std::uint8_t> limits{static_cast<std::uint8_t>(range.low), static_cast<std::uint8_t>(range.high)};
    return std::make_unique<PoolStep<std::uint8_t>>(&max_unsigned, shape, limits);
  }
  const Limits<std::int8_t> limits{static_cast<std::int8_t>(range.low), static_cast<std::int8_t>(range.high)};
  return std::make_unique<PoolStep<std::int8_t>>(&max_signed, shape, limits);
}

}  // namespace netfit::exec::kernels
