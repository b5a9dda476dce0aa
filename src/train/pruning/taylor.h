// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/progress.h"
#include "data/dataset.h"
#include "train/pruning/importance.h"

namespace netfit::train {

/// What the loss is expected to change by when a strand goes, squared: a strand goes when every weight that reads it
/// becomes zero, so to first order that is the sum of gradient times weight over them; its square is averaged over
/// small batches of `images`, since at a minimum the sum itself is near zero (Molchanov et al., "Importance estimation
/// for neural network pruning", arXiv:1906.10774, equations 6 and 8). Batch norms use their running statistics. The
/// graph and the images must fit (`check`); fails if interrupted, or if the device is not there.
Result<Importance> taylor_of_channels(const ir::Graph& graph, const passes::ChannelStrands& strands,
                                      const data::Dataset& images, const ir::Preprocessing& preprocessing,
                                      const std::string& device, Progress& progress);

}  // namespace netfit::train
