// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ATen/ATen.h>

#include "train/recipe.h"

// The grids of integer networks in a forward pass of reals: values are rounded to them, and gradients pass as if they
// were not (Jacob et al., arXiv:1712.05877, section 3). Where the grid's ends or steps are trained, it is as in Esser
// et al., "Learned step size quantization" (arXiv:1902.08153): gradients come from the rounding itself, scaled by
// 1 / sqrt(elements * levels).
namespace netfit::train {

/// The step with which the largest weight of each output channel (of the tensor) of a kernel [out, ...] lies at the end
/// of the symmetric grid of its scheme, 127 or 7 steps on each side: float32 [out] or [1].
at::Tensor largest_steps(const at::Tensor& kernel, QatScheme scheme);

/// A kernel on that grid.
at::Tensor round_kernel(const at::Tensor& kernel, QatScheme scheme);

/// The same with trained steps (float32 [out] or [1]); what lies beyond the grid's ends is clipped. A step is never so
/// wide that the outermost level stays empty, so that the largest of the rounded weights tells the step again.
at::Tensor round_kernel(const at::Tensor& kernel, const at::Tensor& steps, QatScheme scheme);

/// An activation on the 256 levels between the ends of `range` (float32 [2]: low, high), of which one is exactly 0. The
/// ends have gradients.
at::Tensor round_activation(const at::Tensor& x, const at::Tensor& range);

/// An activation on the levels 0, 1/256, ..., 255/256, which TFLite fixes for sigmoid and softmax.
at::Tensor round_unit(const at::Tensor& x);

}  // namespace netfit::train
