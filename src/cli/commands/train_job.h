// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/flags/flags.h"
#include "train/trainer.h"

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
  std::int64_t first_epoch = 0;     ///< as in train::TrainingRequest
  std::int64_t snapshot_epoch = 0;  ///< after which rewind.safetensors is written; 0: it is not
};

/// What a training has come to.
struct Trained {
  train::TrainingResult result;
  std::optional<double> test_top1;  ///< percent, in float32; none if there are no test images
  /// The same of the integer file, after quantization-aware training.
  std::optional<double> integer_top1;
};

/// Trains, and writes into the folder: recipe.toml, metrics.jsonl (a line an epoch), checkpoint.safetensors,
/// and, once the training is done, network.safetensors, result.json and, where this netfit writes them, network.onnx
/// and, after quantization-aware training, network.tflite in the integers that it was for.
/// Nothing comes back if the time was up first.
Result<std::optional<Trained>> train_in_folder(const TrainJob& job, const Environment& environment);

/// The same, with the answer printed.
Result<void> run_training(const TrainJob& job, const Environment& environment);

/// How the training images of `job` become the input of `graph`; CIFAR-10's way is known for an architecture.
Result<ir::Preprocessing> find_preprocessing(const TrainJob& job, const data::Dataset& dataset, const ir::Graph& graph,
                                             const Environment& environment);

/// Percent of the data's test images that the graph gets right in float32, if there are any.
Result<std::optional<double>> find_test_top1(const TrainJob& job, const ir::Graph& graph,
                                             const ir::Preprocessing& preprocessing, const Environment& environment);

/// network.safetensors and, where this netfit writes it, network.onnx.
Result<void> write_network(const ir::Graph& graph, const std::filesystem::path& folder);

}  // namespace netfit::cli
