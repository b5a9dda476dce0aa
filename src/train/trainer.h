// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "data/dataset.h"
#include "ir/graph.h"
#include "train/recipe.h"

/// Training of any float graph on images, on a CPU or a GPU. This header is free of torch.
namespace netfit::train {

/// What one epoch came to.
struct EpochResult {
  std::int64_t epoch = 0;  ///< counted from 1
  double learning_rate = 0;
  double loss = 0;                        ///< mean over the epoch's training images, as augmented
  double train_top1 = 0;                  ///< percent, of the same
  std::optional<double> validation_top1;  ///< percent; of the averaged weights if there are any
  double seconds = 0;                     ///< wall time of the training steps
  double images_per_second = 0;
};

/// The weights as they are, not averaged, after an epoch.
struct Snapshot {
  std::int64_t epoch = 0;
  std::function<Result<void>(const ir::Graph&)> take;  ///< a failure ends the training; absent: none is taken
};

struct TrainingRequest {
  ir::Graph graph;  ///< float32, one image in; weights absent: they are drawn from the seed
  Recipe recipe;
  const data::Dataset* train = nullptr;  ///< images with labels
  ir::Preprocessing preprocessing;
  std::string device = "cpu";
  int threads = 1;  ///< on a CPU
  std::optional<ir::Graph> teacher;
  /// Names network, recipe and data together; a checkpoint of another training is refused.
  std::string name;
  std::filesystem::path checkpoint;  ///< read if it is there and `resume`; written every `checkpoint_minutes`
  bool resume = false;
  double checkpoint_minutes = 5;
  /// Epochs of the recipe that count as done when the training begins, with these weights and nothing else remembered.
  std::int64_t first_epoch = 0;
  Snapshot snapshot;
  /// Called with the last sound weights, and the epoch that they are of, when the loss stops being a number. What it
  /// says goes into the error as a note.
  std::function<Result<std::string>(const ir::Graph&, std::int64_t epoch)> rescue;
  /// Called after each epoch; a failure (a full disk) ends the training.
  std::function<Result<void>(const EpochResult&)> report;
};

struct TrainingResult {
  /// The graph with its weights: averaged if the recipe averages, of the best epoch on the validation images if there
  /// are any, else the last.
  ir::Graph graph;
  std::int64_t epoch = 0;  ///< whose weights these are
  std::string device;      ///< "NVIDIA H100 80GB HBM3"
};

/// What is wrong with a request, if anything: the graph cannot be trained, the data does not fit it, there is no such
/// device.
Result<void> check(const TrainingRequest& request);

/// Trains to the end of the recipe. Interrupted (Progress::stopped), it writes a checkpoint and fails with
/// ErrorKind::Interrupted; resumed from it, it ends with the same weights as without (bit for bit on a CPU with as many
/// threads). Fails as `check` does, if the checkpoint is of another training, and if the loss stops being a number; the
/// checkpoint is then of a time before that.
Result<TrainingResult> train(const TrainingRequest& request, Progress& progress);

/// Percent of the images whose label the graph gives the highest logit, in float32.
Result<double> evaluate_top1(const ir::Graph& graph, const data::Dataset& images,
                             const ir::Preprocessing& preprocessing, const std::string& device);

}  // namespace netfit::train
