// SPDX-License-Identifier: Apache-2.0
#include "train/rounding.h"

#include <cmath>

namespace netfit::train {
namespace {

constexpr double kLevels = 255;
// Of a scale; a range may be empty at first.
constexpr double kLeast = 1e-8;

at::Tensor round_through(const at::Tensor& x) { return x + (x.round() - x).detach(); }

// The same value, whose gradient is `factor` times as large.
at::Tensor with_gradient(const at::Tensor& x, double factor) { return x * factor + (x * (1 - factor)).detach(); }

}  // namespace

at::Tensor round_kernel(const at::Tensor& kernel, QatScheme scheme) {
  const double most = scheme == QatScheme::Int4 ? 7 : 127;
  const at::Tensor real = kernel.to(at::kFloat);
  at::Tensor largest;
  if (scheme == QatScheme::Int8PerTensor) {
    largest = real.detach().abs().max();
  } else {
    std::vector<std::int64_t> axes;
    for (std::int64_t axis = 1; axis < kernel.dim(); ++axis) axes.push_back(axis);
    largest = real.detach().abs().amax(axes, true);
  }
  const at::Tensor scale = (largest / most).clamp_min(kLeast);
  return (round_through(real / scale) * scale).to(kernel.scalar_type());
}

at::Tensor round_activation(const at::Tensor& x, const at::Tensor& range) {
  const double elements = static_cast<double>(x.numel()) / static_cast<double>(x.size(0));
  const at::Tensor ends = with_gradient(range, 1 / std::sqrt(elements * kLevels));
  const at::Tensor low = ends[0].clamp_max(0);
  const at::Tensor scale = ((ends[1].clamp_min(0) - low) / kLevels).clamp_min(kLeast);
  const at::Tensor zero = round_through(-low / scale);
  const at::Tensor level = at::clamp(round_through(x.to(at::kFloat) / scale) + zero, 0, kLevels);
  return ((level - zero) * scale).to(x.scalar_type());
}

}  // namespace netfit::train
