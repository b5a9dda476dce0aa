// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/commands/train_job.h"
#include "cli/flags/pruning_target.h"
#include "train/pruning/prune.h"

namespace netfit::cli {

/// One structured pruning, as the flags of `prune` describe it.
struct PruneJob {
  TrainJob training;   ///< model, data (may have no source), folder, device; how each step is trained on
  bool tunes = false;  ///< a recipe was given
  PruningTarget target;
  train::PruningCriterion criterion = train::PruningCriterion::Magnitude;
  std::int64_t multiple = 8;
  std::int64_t steps = 1;
  std::string runtime;
  DType type = DType::Int8;  ///< of the weights, where bytes and latency count them
};

/// Prunes in steps, each trained on if there is a recipe, and writes into the folder: pruning.json (what is asked for),
/// pruning.jsonl (a line a step), step1, step2, ... (a run of `train` each, if there is a recipe), and the network as
/// `train` writes it.
Result<void> run_pruning(const PruneJob& job, const Environment& environment);

}  // namespace netfit::cli
