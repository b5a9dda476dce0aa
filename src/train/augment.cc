// SPDX-License-Identifier: Apache-2.0
#include "train/augment.h"

#include <c10/core/GradMode.h>

namespace netfit::train {
namespace {

// Rows or columns of each image that lie in [begin, end): bool [n, length].
at::Tensor between(const at::Tensor& begin, const at::Tensor& end, std::int64_t length) {
  const at::Tensor positions = at::arange(length, begin.options());
  return (positions >= begin.unsqueeze(1)).logical_and(positions < end.unsqueeze(1));
}

at::Tensor rectangle(const at::Tensor& rows, const at::Tensor& columns) {
  return rows.unsqueeze(2).logical_and(columns.unsqueeze(1)).unsqueeze(3);
}

// One number from Beta(alpha, alpha), as the share of a gamma variable in a sum of two.
at::Tensor beta(double alpha, at::Device device) {
  const at::Tensor gammas = at::_standard_gamma(at::full({2}, alpha, at::TensorOptions(device).dtype(at::kFloat)));
  return gammas[0] / gammas.sum().clamp_min(1e-30);
}

// A square window of `side` pixels around a random pixel of each image, cut off at the edges: bool
// [n, height, width, 1] (DeVries and Taylor, arXiv:1708.04552).
at::Tensor random_squares(std::int64_t count, std::int64_t height, std::int64_t width, std::int64_t side,
                          at::Device device) {
  const at::TensorOptions whole = at::TensorOptions(device).dtype(at::kLong);
  const at::Tensor top = at::randint(height, {count}, whole) - side / 2;
  const at::Tensor left = at::randint(width, {count}, whole) - side / 2;
  return rectangle(between(top, top + side, height), between(left, left + side, width));
}

}  // namespace

Augmenter::Augmenter(const AugmentationRecipe& recipe, double label_smoothing, const ir::Preprocessing& preprocessing,
                     std::int64_t classes, at::Device device)
    : recipe_(recipe), label_smoothing_(label_smoothing), classes_(classes) {
  const at::Tensor zero = at::zeros({1}, at::TensorOptions(device).dtype(at::kFloat));
  offset_ = normalize(zero, preprocessing);
  factor_ = normalize(zero + 1, preprocessing) - offset_;
}

at::Tensor Augmenter::normalized(const at::Tensor& pixels) const {
  return at::addcmul(offset_, pixels.to(at::kFloat), factor_);
}

Batch Augmenter::make(const Images& images, const at::Tensor& indices) const {
  const c10::NoGradGuard no_grad;
  at::Tensor pixels = recipe_.crop > 0 || recipe_.flip ? images.cropped(indices, recipe_.flip) : images.plain(indices);
  if (recipe_.policy != Policy::None) pixels = apply_policy(pixels.to(at::kFloat), recipe_);
  Batch batch{.input = normalized(pixels), .labels = images.labels(indices)};
  if (recipe_.cutout > 0) cut_out(batch.input);
  batch.targets = at::full({batch.labels.size(0), classes_}, label_smoothing_ / static_cast<double>(classes_),
                           batch.input.options());
  batch.targets.scatter_(1, batch.labels.unsqueeze(1), 1 - label_smoothing_ * (1 - 1 / static_cast<double>(classes_)));
  if (recipe_.mixup > 0 || recipe_.cutmix > 0) mix(batch);
  return batch;
}

void Augmenter::cut_out(at::Tensor& input) const {
  const at::Tensor squares =
      random_squares(input.size(0), input.size(1), input.size(2), recipe_.cutout, input.device());
  input = input.masked_fill(squares, 0);
}

// Each sample is paired with its neighbour in the batch, whose order is random. Both kinds of mixing are computed and
// one is taken, since the device does not tell which before the batch is needed.
void Augmenter::mix(Batch& batch) const {
  const at::Device device = batch.input.device();
  const at::TensorOptions real = at::TensorOptions(device).dtype(at::kFloat);
  const at::Tensor other = batch.input.roll(1, 0);
  const bool both = recipe_.mixup > 0 && recipe_.cutmix > 0;
  const at::Tensor blends =
      both ? at::rand({}, real) < 0.5 : at::full({}, recipe_.mixup > 0, at::TensorOptions(device).dtype(at::kBool));
  at::Tensor kept = at::ones({}, real);  // of the sample itself
  at::Tensor mixed = batch.input;
  if (recipe_.mixup > 0) {
    const at::Tensor part = beta(recipe_.mixup, device);
    mixed = at::where(blends, at::lerp(other, batch.input, part), mixed);
    kept = at::where(blends, part, kept);
  }
  if (recipe_.cutmix > 0) {
    const std::int64_t height = batch.input.size(1);
    const std::int64_t width = batch.input.size(2);
    const at::Tensor side = at::sqrt(1 - beta(recipe_.cutmix, device)) * 0.5;
    const at::Tensor middle = at::rand({2, 1}, real);
    const auto span = [&](std::int64_t axis, std::int64_t length) {
      const auto extent = static_cast<double>(length);
      const at::Tensor begin = ((middle[axis] - side) * extent).floor().clamp(0, extent);
      const at::Tensor end = ((middle[axis] + side) * extent).floor().clamp(0, extent);
      return between(begin, end, length);
    };
    const at::Tensor window = rectangle(span(0, height), span(1, width));
    mixed = at::where(blends.logical_not().logical_and(window), other, mixed);
    kept = at::where(blends, kept, 1 - window.to(at::kFloat).mean());
  }
  batch.input = mixed;
  batch.targets = at::lerp(batch.targets.roll(1, 0), batch.targets, kept);
}

}  // namespace netfit::train
