// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/progress.h"
#include "train/images.h"
#include "train/network.h"

// Where quantization-aware training begins, and what it leaves.
namespace netfit::train {

struct FirstImages {
  const Images& images;
  const ir::Preprocessing& preprocessing;
  std::int64_t batches = 0;  ///< of 64
};

/// Gives activations the ranges that `quantize` would estimate from the first images (those that an earlier training
/// left, where there are such), and kernels the steps that it would choose. Fails if a value is not finite, or
/// interrupted.
Result<void> begin_rounding(const Network& network, Parameters& parameters, const FirstImages& first, QatScheme scheme,
                            Progress& progress);

/// The network's graph with its numbers, batch norms as they are. After quantization-aware training the values have
/// their ranges, and kernels whose steps were trained lie on their grid, so that `quantize` finds it again.
ir::Graph trained_graph(const Network& network, const Parameters& parameters, QatScheme scheme);

/// Whether an epoch (from 1) of so many lies behind `part` of the training.
bool is_behind(double part, std::int64_t epoch, std::int64_t epochs);

}  // namespace netfit::train
