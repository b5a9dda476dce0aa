// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include <ATen/ATen.h>

// A layer and the batch norm behind it as one layer of an integer network, in training (Krishnamoorthi,
// arXiv:1806.08342, section 3.2.2).
namespace netfit::train {

struct FoldedLayer {
  std::function<at::Tensor(const at::Tensor& kernel)> run;    ///< the layer on its data, without a bias
  std::function<at::Tensor(const at::Tensor& kernel)> round;  ///< to the integers' grid
  at::Tensor kernel;                                          ///< [out, ...]
  at::Tensor bias;                                            ///< [out]; undefined if there is none

  struct Norm {
    at::Tensor scale;
    at::Tensor shift;
    at::Tensor mean;      ///< running; changed by run_with_batch_statistics
    at::Tensor variance;  ///< likewise
    double epsilon;
  } norm;
};

/// [out] against a kernel [out, ...].
at::Tensor by_output(const at::Tensor& x, const at::Tensor& kernel);

/// What the exported network computes: the kernel is folded with the running statistics and rounded.
at::Tensor run_with_running_statistics(const FoldedLayer& layer);

/// The same rounded kernel, whose result is scaled and moved to what the batch's own statistics would have made of it:
/// rounding does not jump with every batch, and the layer learns as with a batch norm. The batch's statistics are those
/// of the unrounded layer, and go into the running ones with `momentum`.
at::Tensor run_with_batch_statistics(const FoldedLayer& layer, double momentum);

}  // namespace netfit::train
