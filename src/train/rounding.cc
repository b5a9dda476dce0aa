// SPDX-License-Identifier: Apache-2.0
#include "train/rounding.h"

#include <cmath>

#include "train/ops/folded.h"

namespace netfit::train {
namespace {

constexpr double kLevels = 255;
// Of a scale; a range may be empty at first.
constexpr double kLeast = 1e-8;

at::Tensor round_through(const at::Tensor& x) { return x + (x.round() - x).detach(); }

// The same value, whose gradient is `factor` times as large.
at::Tensor with_gradient(const at::Tensor& x, double factor) { return x * factor + (x * (1 - factor)).detach(); }

double greatest(QatScheme scheme) { return scheme == QatScheme::Int4 ? 7 : 127; }

}  // namespace

at::Tensor largest_steps(const at::Tensor& kernel, QatScheme scheme) {
  const at::Tensor sizes = kernel.detach().to(at::kFloat).abs();
  const at::Tensor largest =
      scheme == QatScheme::Int8PerTensor ? sizes.max().view({1}) : sizes.reshape({sizes.size(0), -1}).amax(1);
  return (largest / greatest(scheme)).clamp_min(kLeast);
}

at::Tensor round_kernel(const at::Tensor& kernel, QatScheme scheme) {
  const at::Tensor real = kernel.to(at::kFloat);
  const at::Tensor step = by_output(largest_steps(real, scheme), real);
  return (round_through(real / step) * step).to(kernel.scalar_type());
}

at::Tensor round_kernel(const at::Tensor& kernel, const at::Tensor& steps, QatScheme scheme) {
  const double most = greatest(scheme);
  const at::Tensor real = kernel.to(at::kFloat);
  // The largest weight rounds to the outermost level while it lies within half a step of it.
  constexpr double kWithin = 0.499;
  const at::Tensor widest = largest_steps(real, scheme) * (most / (most - kWithin));
  const at::Tensor inside = at::minimum(at::maximum(steps, widest / most), widest);
  const double elements = static_cast<double>(kernel.numel()) / static_cast<double>(steps.numel());
  const at::Tensor step =
      by_output(with_gradient(steps, 1 / std::sqrt(elements * most)) + (inside - steps).detach(), real);
  return (at::clamp(round_through(real / step), -most, most) * step).to(kernel.scalar_type());
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

at::Tensor round_unit(const at::Tensor& x) {
  constexpr double kUnit = 256;
  return (at::clamp(round_through(x.to(at::kFloat) * kUnit), 0, kLevels) / kUnit).to(x.scalar_type());
}

}  // namespace netfit::train
