// SPDX-License-Identifier: Apache-2.0
// Each image draws one of the operations and a strength. All operations are computed for all images, and each image
// takes its own: on a GPU fourteen passes over a batch of small images cost less than sorting them by operation.
#include <cmath>

#include <c10/core/GradMode.h>

#include "train/augment.h"

namespace netfit::train {
namespace {

// [n] against [n, height, width, channels].
at::Tensor by_image(const at::Tensor& x) { return x.view({-1, 1, 1, 1}); }

at::Tensor grey(const at::Tensor& pixels) {
  return pixels.select(3, 0) * 0.299 + pixels.select(3, 1) * 0.587 + pixels.select(3, 2) * 0.114;
}

// The image, moved away from `base` where factor > 1 and towards it below.
at::Tensor blend(const at::Tensor& base, const at::Tensor& pixels, const at::Tensor& factor) {
  return (base + (pixels - base) * by_image(factor)).clamp(0, 255);
}

// A 3x3 smoothing kernel with 5 in the middle, as Pillow's; edges stay.
at::Tensor smoothed(const at::Tensor& pixels) {
  const std::int64_t height = pixels.size(1);
  const std::int64_t width = pixels.size(2);
  at::Tensor sum = pixels.slice(1, 1, height - 1).slice(2, 1, width - 1) * 4;
  for (std::int64_t dy = 0; dy < 3; ++dy) {
    for (std::int64_t dx = 0; dx < 3; ++dx) {
      sum = sum + pixels.slice(1, dy, height - 2 + dy).slice(2, dx, width - 2 + dx);
    }
  }
  at::Tensor result = pixels.clone();
  result.slice(1, 1, height - 1).slice(2, 1, width - 1).copy_(sum / 13);
  return result;
}

at::Tensor stretched(const at::Tensor& pixels) {
  const at::Tensor low = pixels.amin({1, 2}, true);
  const at::Tensor span = pixels.amax({1, 2}, true) - low;
  return at::where(span > 0, (pixels - low) * (255 / span.clamp_min(1)), pixels);
}

// Each level becomes the part of the image's pixels that are not brighter. Ranks come from counting against the 256
// levels, by channel.
at::Tensor equalized(const at::Tensor& pixels) {
  const std::int64_t count = pixels.size(1) * pixels.size(2);
  const at::Tensor levels = pixels.permute({0, 3, 1, 2}).reshape({-1, count}).to(at::kLong).clamp(0, 255);
  at::Tensor histogram = at::zeros({levels.size(0), 256}, pixels.options());
  histogram.scatter_add_(1, levels, at::ones_like(levels, at::kFloat));
  const at::Tensor below = histogram.cumsum(1);
  const at::Tensor first = at::where(histogram > 0, below, below.new_full({}, 1e9)).amin(1, true);
  const at::Tensor mapped = (below - first).clamp_min(0) * 255 / (static_cast<double>(count) - first).clamp_min(1);
  const at::Tensor flat = mapped.gather(1, levels).floor();
  const at::Tensor image = flat.view({pixels.size(0), pixels.size(3), pixels.size(1), pixels.size(2)});
  return image.permute({0, 2, 3, 1});
}

// The image behind one affine map each: theta float32 [n, 2, 3] in torch's coordinates (-1 to 1 across the image).
at::Tensor warped(const at::Tensor& pixels, const at::Tensor& theta) {
  const at::Tensor images = pixels.permute({0, 3, 1, 2});
  const at::Tensor grid = at::affine_grid_generator(theta, images.sizes(), false);
  constexpr std::int64_t kBilinear = 0;
  constexpr std::int64_t kZeros = 0;
  return at::grid_sampler(images, grid, kBilinear, kZeros, false).permute({0, 2, 3, 1});
}

enum Operation : std::int64_t {
  Identity,
  ShearX,
  ShearY,
  TranslateX,
  TranslateY,
  Rotate,
  Brightness,
  Color,
  Contrast,
  Sharpness,
  Posterize,
  Solarize,
  AutoContrast,
  Equalize,
  Count,
};

/// What the strongest form of each operation does.
struct Strengths {
  double shear;
  double translate;  ///< part of the image
  double rotate;     ///< degrees
  double enhance;    ///< factor 1 - enhance to 1 + enhance
  double bits;       ///< that posterize takes away
};
constexpr Strengths kWide{0.99, 1.0, 135, 0.99, 6};
constexpr Strengths kRandAugment{0.3, 150.0 / 331.0, 30, 0.9, 4};

// strength in [0, 1] and sign in {-1, 1}, float32 [n] each; operation int64 [n].
at::Tensor geometry(const at::Tensor& pixels, const at::Tensor& operation, const at::Tensor& amount,
                    const Strengths& strengths) {
  const auto only = [&](Operation wanted) { return (operation == wanted).to(at::kFloat) * amount; };
  const at::Tensor angle = only(Rotate) * (strengths.rotate * M_PI / 180);
  const at::Tensor cosine = at::cos(angle);
  const at::Tensor sine = at::sin(angle);
  // Translations are in halves of the image, whose coordinates span 2.
  const at::Tensor row_x =
      at::stack({cosine, only(ShearX) * strengths.shear - sine, only(TranslateX) * (2 * strengths.translate)}, 1);
  const at::Tensor row_y =
      at::stack({only(ShearY) * strengths.shear + sine, cosine, only(TranslateY) * (2 * strengths.translate)}, 1);
  return warped(pixels, at::stack({row_x, row_y}, 1));
}

at::Tensor one_operation(const at::Tensor& pixels, const at::Tensor& operation, const at::Tensor& strength,
                         const Strengths& strengths) {
  const at::Tensor coin = (at::rand_like(strength) < 0.5).to(at::kFloat) * 2 - 1;
  const at::Tensor amount = strength * coin;
  const at::Tensor factor = 1 + amount * strengths.enhance;
  const at::Tensor luma = grey(pixels).unsqueeze(3);
  const at::Tensor step = at::pow(2.0, (strength * strengths.bits).floor());
  const auto takes = [&](Operation wanted) { return by_image(operation == wanted); };
  at::Tensor result = at::where(takes(Brightness), blend(at::zeros_like(pixels), pixels, factor), pixels);
  result = at::where(takes(Color), blend(luma, pixels, factor), result);
  result = at::where(takes(Contrast), blend(luma.mean({1, 2}, true), pixels, factor), result);
  result = at::where(takes(Sharpness), blend(smoothed(pixels), pixels, factor), result);
  result = at::where(takes(Posterize), (pixels / by_image(step)).floor() * by_image(step), result);
  const at::Tensor threshold = by_image((1 - strength) * 255);
  result = at::where(takes(Solarize).logical_and(pixels >= threshold), 255 - pixels, result);
  result = at::where(takes(AutoContrast), stretched(pixels), result);
  result = at::where(takes(Equalize), equalized(pixels), result);
  const at::Tensor moves = (operation >= ShearX).logical_and(operation <= Rotate);
  return at::where(by_image(moves), geometry(pixels, operation, amount, strengths), result);
}

}  // namespace

at::Tensor apply_policy(const at::Tensor& pixels, const AugmentationRecipe& recipe) {
  const c10::NoGradGuard no_grad;
  const std::int64_t count = pixels.size(0);
  const auto draw = [&] { return at::randint(Operation::Count, {count}, pixels.options().dtype(at::kLong)); };
  if (recipe.policy == Policy::TrivialAugment) {
    constexpr std::int64_t kLevels = 31;
    const at::Tensor strength = at::randint(kLevels, {count}, pixels.options()) / (kLevels - 1);
    return one_operation(pixels, draw(), strength, kWide);
  }
  at::Tensor result = pixels;
  const at::Tensor strength = at::full({count}, recipe.rand_augment_magnitude / 30, pixels.options());
  for (std::int64_t i = 0; i < recipe.rand_augment_operations; ++i) {
    result = one_operation(result, draw(), strength, kRandAugment);
  }
  return result;
}

}  // namespace netfit::train
