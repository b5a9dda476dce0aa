// SPDX-License-Identifier: Apache-2.0
#include "train/ops/folded.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <c10/core/GradMode.h>

namespace netfit::train {
namespace {

at::Tensor deviation(const at::Tensor& variance, double epsilon) { return (variance + epsilon).sqrt(); }

// A gradient into the running statistics would not move them.
at::Tensor rounded_by_running(const FoldedLayer& layer) {
  const at::Tensor factor = layer.norm.scale / deviation(layer.norm.variance, layer.norm.epsilon);
  const at::Tensor kernel = layer.kernel.to(at::kFloat) * by_output(factor, layer.kernel);
  return layer.round(kernel).to(layer.kernel.scalar_type());
}

at::Tensor bias_of(const FoldedLayer& layer) {
  return layer.bias.defined() ? layer.bias : at::zeros_like(layer.norm.shift);
}

void follow(at::Tensor running, const at::Tensor& batch, double momentum) { running.lerp_(batch, momentum); }

}  // namespace

at::Tensor by_output(const at::Tensor& x, const at::Tensor& kernel) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(kernel.dim()), 1);
  shape.front() = x.size(0);
  return x.view(shape);
}

at::Tensor run_with_running_statistics(const FoldedLayer& layer) {
  const at::Tensor y = layer.run(rounded_by_running(layer));
  const at::Tensor factor = layer.norm.scale / deviation(layer.norm.variance, layer.norm.epsilon);
  const at::Tensor shift = layer.norm.shift + (bias_of(layer) - layer.norm.mean) * factor;
  return y + shift.to(y.scalar_type());
}

at::Tensor run_with_batch_statistics(const FoldedLayer& layer, double momentum) {
  const at::Tensor plain = layer.run(layer.kernel).to(at::kFloat);
  std::vector<std::int64_t> all_but_channels(static_cast<std::size_t>(plain.dim() - 1));
  std::iota(all_but_channels.begin(), all_but_channels.end(), 0);
  const auto [variance, mean] = at::var_mean(plain, at::IntArrayRef(all_but_channels), false);
  {
    const c10::NoGradGuard no_grad;
    const auto count = static_cast<double>(plain.numel() / plain.size(-1));
    follow(layer.norm.mean, mean + bias_of(layer), momentum);
    follow(layer.norm.variance, variance * (count / std::max(count - 1, 1.0)), momentum);
  }
  const at::Tensor y = layer.run(rounded_by_running(layer));
  const at::Tensor of_batch = deviation(variance, layer.norm.epsilon);
  const at::Tensor correction = deviation(layer.norm.variance, layer.norm.epsilon) / of_batch;
  const at::Tensor shift = layer.norm.shift - mean * layer.norm.scale / of_batch;
  return y * correction.to(y.scalar_type()) + shift.to(y.scalar_type());
}

}  // namespace netfit::train
