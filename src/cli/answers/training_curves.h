// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "report/chart.h"

// How trainings went, from the metrics.jsonl of their folders.
namespace netfit::cli {

struct EpochFigures {
  double epoch = 0;
  double loss = 0;
  double train_top1 = 0;                  ///< percent
  std::optional<double> validation_top1;  ///< percent
};

struct TrainingCurve {
  std::string name;
  std::vector<EpochFigures> epochs;  ///< at least one
};

/// Fails, located, where the folder has no metrics, or a line that is none.
Result<TrainingCurve> load_training_curve(const std::filesystem::path& run);

/// "loss" and "accuracy" over the epochs, a colour for each run.
std::vector<report::Chart> training_charts(std::span<const TrainingCurve> curves);

/// loss.svg and accuracy.svg of a run, into its folder; does nothing where this netfit draws nothing.
Result<void> write_training_charts(const std::filesystem::path& run);

}  // namespace netfit::cli
