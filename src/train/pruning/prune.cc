// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/prune.h"

#include <ATen/Parallel.h>

#include "train/network.h"
#include "train/pruning/remove_channels.h"
#include "train/pruning/taylor.h"
#include "train/training.h"

namespace netfit::train {
namespace {

Result<Importance> rank(const PruningRequest& request, const passes::ChannelStrands& strands, Progress& progress) {
  switch (request.criterion) {
    case PruningCriterion::Taylor: {
      const PruningImages& images = request.images;
      if (images.images == nullptr) return bad_usage("the criterion taylor needs training images");
      NETFIT_TRY(check_data(*images.images, request.graph));
      at::set_num_threads(images.threads);
      return taylor_of_channels(request.graph, strands, *images.images, images.preprocessing, images.device, progress);
    }
    case PruningCriterion::BatchNorm:
      return batch_norm_scale_of_channels(request.graph, strands);
    case PruningCriterion::Magnitude:
      return magnitude_of_channels(request.graph, strands);
    case PruningCriterion::Random:
      return random_importance(strands, request.seed);
  }
  NETFIT_UNREACHABLE();
}

}  // namespace

Result<ir::Graph> prune_channels(const PruningRequest& request, Progress& progress) {
  NETFIT_TRY(Network::create(request.graph));
  const passes::ChannelStrands strands(request.graph, passes::StrandUse::Remove);
  ChannelTarget target = request.target;
  const bool in_loss = request.criterion == PruningCriterion::Taylor;
  target.ranking = in_loss ? Ranking::ForSaving : Ranking::Plain;
  const Importance importance = NETFIT_TRY(rank(request, strands, progress));
  const std::vector<bool> removed = NETFIT_TRY(choose_channels(request.graph, strands, importance, target));
  return remove_channels(request.graph, strands, removed);
}

}  // namespace netfit::train
