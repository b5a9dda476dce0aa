// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/flags/flags.h"
#include "train/recipe.h"

namespace netfit::cli {

/// One training, as the flags of `train` describe it.
struct TrainJob {
  std::string architecture;  ///< or else
  std::string model;         ///< a file
  std::string teacher;       ///< a file; may be empty
  train::Recipe recipe;
  DataFlags data;
  std::string folder;  ///< of the run
  std::string device = "cpu";
  int threads = 0;
  bool resume = false;
  double checkpoint_minutes = 5;
  std::optional<double> budget_seconds;  ///< wall time after which the training is left to be resumed
  bool json = false;
};

/// Trains, and writes into the folder: recipe.toml, metrics.jsonl (a line an epoch), checkpoint.safetensors,
/// and, once the training is done, network.safetensors, result.json and, where this netfit writes it, network.onnx.
Result<void> run_training(const TrainJob& job, const Environment& environment);

}  // namespace netfit::cli
