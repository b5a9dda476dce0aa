// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/progress.h"
#include "data/dataset.h"
#include "ir/graph.h"
#include "train/pruning/choose_channels.h"

/// Structured pruning: a graph becomes physically smaller by whole channels, with everything that makes or reads them.
/// This header is free of torch.
namespace netfit::train {

/// How channels are ranked (importance.h, taylor.h); Random is what the others have to beat.
enum class PruningCriterion : std::uint8_t { Taylor, BatchNorm, Magnitude, Random };

/// Images with labels, from the training split, for PruningCriterion::Taylor.
struct PruningImages {
  const data::Dataset* images = nullptr;
  ir::Preprocessing preprocessing;
  std::string device = "cpu";
  int threads = 1;
};

struct PruningRequest {
  ir::Graph graph;  ///< float32, with weights; batch norms as they are
  PruningCriterion criterion = PruningCriterion::Taylor;
  ChannelTarget target;  ///< its ranking follows from the criterion
  PruningImages images;
  std::uint64_t seed = 1;  ///< of Random
};

/// Removes what matters least until the target is met; nothing if it is met already. Fails if the graph cannot be
/// trained, if the images do not fit it, and as `choose_channels` does.
Result<ir::Graph> prune_channels(const PruningRequest& request, Progress& progress);

}  // namespace netfit::train
