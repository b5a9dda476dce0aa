// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "base/progress.h"
#include "exec/engine.h"
#include "tensor/tensor.h"

namespace netfit::quant {

/// What a technique that looks at data works on: samples as the float graph takes them, and what runs graphs on them.
struct Samples {
  std::vector<Tensor> inputs;  ///< one for each graph input, [n, ...], channels-last
  exec::Engine engine;
  Progress& progress;

  std::int64_t count() const { return inputs.front().shape()[0]; }
};

}  // namespace netfit::quant
