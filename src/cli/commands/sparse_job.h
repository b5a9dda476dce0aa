// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/commands/train_job.h"

namespace netfit::cli {

/// What the weights that are left begin each round with.
enum class Rewinding : std::uint8_t {
  Rewound,  ///< what they were after an epoch of the first training, where the schedule goes on, too
  Kept,     ///< what they have; the whole recipe follows
};

/// One iterative magnitude pruning, as the flags of `prune` describe it.
struct SparseJob {
  TrainJob training;               ///< network or model, recipe, data, folder
  std::vector<double> sparsities;  ///< of the rounds, rising, above 0 and below 1
  std::vector<Rewinding> ways;
  std::int64_t rewind_epoch = 0;
  std::string chart;  ///< .svg; may be empty
};

/// Trains densely (the folder's run dense), then in rounds of growing sparsity (rewound1, ..., kept1, ...), and writes
/// pruning.json (what is asked for), pruning.jsonl (a line a round) and the last network of the first way.
Result<void> run_sparse_pruning(const SparseJob& job, const Environment& environment);

}  // namespace netfit::cli
