// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>

#include "train/recipe.h"

// The grids of integer networks in a forward pass of reals: values are rounded to them, and gradients pass as if they
// were not (Jacob et al., arXiv:1712.05877, section 3).
namespace netfit::train {

/// A kernel [out, ...] on the symmetric grid of its scheme: 127 or 7 steps on each side, one scale for each output
/// channel or for the tensor, as large as the largest weight.
at::Tensor round_kernel(const at::Tensor& kernel, QatScheme scheme);

/// An activation on the 256 levels between the ends of `range` (float32 [2]: low, high), of which one is exactly 0.
/// The ends have gradients, scaled by 1 / sqrt(elements of a sample * 255) (Esser et al., "Learned step size
/// quantization", arXiv:1902.08153).
at::Tensor round_activation(const at::Tensor& x, const at::Tensor& range);

}  // namespace netfit::train
