// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/commands/train_job.h"

// The folder of a pruning: pruning.json says what was asked for, and runs of `train` lie beside it.
namespace netfit::cli {

/// Fails if the folder holds a pruning already and the job does not resume, or holds one with another plan.
Result<void> check_pruning_folder(const TrainJob& job, const std::string& plan);

/// Makes the folder and writes the plan.
Result<void> begin_pruning_folder(const TrainJob& job, const std::string& plan);

/// A located failure if it cannot be made.
Result<void> make_folder(const std::filesystem::path& folder);

/// The network and the accuracy that a finished run of `train` has written, if there is one; the rest is left empty.
Result<std::optional<Trained>> find_finished_run(const std::filesystem::path& run);

}  // namespace netfit::cli
