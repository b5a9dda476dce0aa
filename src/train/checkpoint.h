// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "train/step.h"

namespace netfit::train {

/// Where a training stands beside what StepState holds.
struct Position {
  std::int64_t steps = 0;  ///< done
  double best_top1 = -1;   ///< percent, on the validation images
  std::int64_t best_epoch = 0;
  std::optional<Parameters> best;  ///< the numbers of that epoch
  double epoch_seconds = 0;        ///< wall time of the epoch's steps so far
};

/// The whole state as one .safetensors file, the generator's included. `training` names what is trained (network,
/// recipe, data); a checkpoint of another one is refused.
Result<void> write_checkpoint(const std::filesystem::path& path, const std::string& training, StepState& state,
                              const Position& position);
Result<Position> read_checkpoint(const std::filesystem::path& path, const std::string& training, StepState& state);

}  // namespace netfit::train
