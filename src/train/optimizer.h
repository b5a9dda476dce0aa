// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include <ATen/ATen.h>

#include "train/parameters.h"
#include "train/recipe.h"

namespace netfit::train {

/// Changes all trained numbers of a network in a few kernels over flat arrays. Nothing waits for the device, so that a
/// step can be recorded and replayed.
class Optimizer {
 public:
  virtual ~Optimizer() = default;

  /// One step with float32 gradients in the order of Parameters::trained. `rate`: the learning rate, on the device.
  /// Where `sound` (bool, on the device) is false, nothing changes: a gradient overflowed.
  virtual void step(Parameters& parameters, const at::Tensor& gradient, const at::Tensor& rate,
                    const at::Tensor& sound) = 0;

  /// What it remembers between steps; a checkpoint holds it.
  virtual std::vector<at::Tensor> state() = 0;
};

/// SGD with Nesterov's momentum (as in Sutskever et al., 2013), AdamW (Loshchilov and Hutter, arXiv:1711.05101), or
/// Muon (Jordan et al., 2024) for kernels of ordinary convolutions with SGD for the rest.
std::unique_ptr<Optimizer> make_optimizer(const OptimizerRecipe& recipe, const Parameters& parameters);

}  // namespace netfit::train
