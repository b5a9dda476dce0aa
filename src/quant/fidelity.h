// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace netfit::quant {

/// How near one graph's outputs are to another's on the same samples.
struct Fidelity {
  /// 10 log10 of signal over noise, signal sum a^2 and noise sum (a - b)^2, whose quotients are averaged over the
  /// outputs; infinite if all are equal.
  double sqnr_db = 0.0;
  std::vector<bool> agrees;  ///< for each sample: the first output has the same greatest element

  double agreement_percent() const;
};

/// Of `outputs` to `reference`: f32 tensors [n, ...] of the same shapes.
Fidelity compare_outputs(std::span<const Tensor> reference, std::span<const Tensor> outputs);

}  // namespace netfit::quant
