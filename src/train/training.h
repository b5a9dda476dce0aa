// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "data/subset.h"
#include "train/checkpoint.h"
#include "train/recording.h"
#include "train/step.h"
#include "train/trainer.h"

namespace netfit::train {

/// What a training works on, checked and on the device.
struct Subject {
  Network network;
  std::optional<Teacher> teacher;
  Images images;
  std::optional<Images> validation;
  std::string name;  ///< of network, recipe and data together: a checkpoint belongs to one of them
};

/// One training from its first step, or a checkpoint's, to the last.
class Training {
 public:
  Training(const TrainingRequest& request, Progress& progress, Subject subject, at::Device device);
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  Result<TrainingResult> run();

 private:
  Result<void> begin();
  Result<void> calibrate();
  Stage stage_of(std::int64_t epoch) const;
  Result<void> run_epoch(std::int64_t epoch, Recording& recording);
  Result<void> end_epoch(std::int64_t epoch);
  Result<void> write_if_due();
  Result<void> write();
  Result<void> check_loss();
  void shuffle(std::int64_t epoch);
  void validate(EpochResult& result);
  const Parameters& judged() const { return state_.averaged ? *state_.averaged : state_.parameters; }

  const TrainingRequest& request_;
  const Recipe& recipe_;
  Progress& progress_;
  Subject subject_;
  Augmenter augmenter_;
  std::int64_t steps_per_epoch_;
  StepState state_;
  Position position_;
  Step step_;
  std::optional<Parameters> sound_;  ///< what is judged, when the loss was last seen to be a number
  std::int64_t sound_epoch_ = 0;
  std::chrono::steady_clock::time_point last_write_ = std::chrono::steady_clock::now();
};

/// Percent of the images whose label gets the highest logit.
double top1(const Network& network, const Parameters& parameters, const Images& images,
            const ir::Preprocessing& preprocessing, QatScheme scheme = QatScheme::None);

std::int64_t class_count(const ir::Graph& graph);

/// What keeps a graph from being trained or judged on a data set, if anything: no labels, other images, other classes.
Result<void> check_data(const data::Dataset& dataset, const ir::Graph& graph);

}  // namespace netfit::train
