// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/pool.h"

#include <limits>

#include "interp/kernels/affine.h"
#include "interp/kernels/window.h"
#include "ir/ops/pool.h"

namespace netfit::interp {
namespace {

/// Clamp of results of type T: the reals of the activation in float, their integers otherwise.
template <typename T>
struct Clamp {
  T low;
  T high;
  T operator()(T value) const { return std::min(std::max(value, low), high); }
};

template <typename T>
Result<Clamp<T>> clamp_of(const ir::NodeView& node, ir::Activation activation) {
  if constexpr (std::is_same_v<T, float>) {
    const ir::ActivationRange range = ir::range_of(activation);
    return Clamp<T>{range.low, range.high};
  } else {
    NETFIT_TRY(expect_same_affine(node));
    const Affine affine = NETFIT_TRY(affine_of(node.output()));
    const Limits limits = limits_of(activation, affine, node.output().dtype);
    return Clamp<T>{static_cast<T>(limits.low), static_cast<T>(limits.high)};
  }
}

/// Sum of taps, divided by their number; integers to the nearest, ties away from zero.
template <typename T>
struct Average {
  using Sum = std::conditional_t<std::is_same_v<T, float>, float, std::int64_t>;
  static constexpr Sum kStart = 0;
  static Sum fold(Sum sum, T element) { return sum + static_cast<Sum>(element); }
  static T finish(Sum sum, std::int64_t count) {
    if constexpr (std::is_same_v<T, float>) {
      return sum / static_cast<float>(count);
    } else {
      return static_cast<T>(sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count);
    }
  }
};

template <typename T>
struct Maximum {
  using Sum = T;
  static constexpr T kStart = std::numeric_limits<T>::lowest();
  static T fold(T most, T element) { return std::max(most, element); }
  static T finish(T most, std::int64_t /*count*/) { return most; }
};

template <typename T, template <typename> typename Fold>
Tensor pool(const Tensor& image, const Window& window, const Clamp<T>& clamp) {
  using Rule = Fold<T>;
  const std::int64_t channels = image.shape()[3];
  Tensor result(image.dtype(), Shape{1, window.rows.out, window.columns.out, channels});
  const T* pixels = image.data<T>().data();
  T* out = result.mutable_data<T>().data();
  std::vector<typename Rule::Sum> sums(static_cast<std::size_t>(channels));
  for (std::int64_t row = 0; row < window.rows.out; ++row) {
    const Interval rows = window.rows.taps_inside(row);
    for (std::int64_t column = 0; column < window.columns.out; ++column, out += channels) {
      const Interval columns = window.columns.taps_inside(column);
      std::ranges::fill(sums, Rule::kStart);
      for (std::int64_t ky = rows.begin; ky < rows.end; ++ky) {
        for (std::int64_t kx = columns.begin; kx < columns.end; ++kx) {
          const std::int64_t y = window.rows.origin(row) + ky;
          const std::int64_t x = window.columns.origin(column) + kx;
          const T* pixel = pixels + (y * window.columns.in + x) * channels;
          for (std::size_t c = 0; c < sums.size(); ++c) sums[c] = Rule::fold(sums[c], pixel[c]);
        }
      }
      const std::int64_t count = (rows.end - rows.begin) * (columns.end - columns.begin);
      for (std::size_t c = 0; c < sums.size(); ++c) out[c] = clamp(Rule::finish(sums[c], count));
    }
  }
  return result;
}

template <typename T, template <typename> typename Fold>
Result<Step> prepare_typed(const ir::NodeView& node) {
  const auto& attrs = node.attrs<ir::Pool2dAttrs>();
  const Window window =
      Window::of(node.input(0).shape, node.output().shape, attrs.window, attrs.stride, {1, 1}, attrs.padding);
  const Clamp<T> clamp = NETFIT_TRY(clamp_of<T>(node, attrs.activation));
  return Step([=](std::span<const Tensor> inputs) { return pool<T, Fold>(inputs[0], window, clamp); });
}

template <template <typename> typename Fold>
Result<Step> prepare_pool(const ir::NodeView& node) {
  return prepare_by_type(node, [&](auto type) { return prepare_typed<decltype(type), Fold>(node); });
}

}  // namespace

Result<Step> prepare_average_pool2d(const ir::NodeView& node) { return prepare_pool<Average>(node); }

Result<Step> prepare_max_pool2d(const ir::NodeView& node) { return prepare_pool<Maximum>(node); }

}  // namespace netfit::interp
