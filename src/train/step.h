// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include <ATen/ATen.h>

#include "train/augment.h"
#include "train/distillation.h"
#include "train/images.h"
#include "train/network.h"
#include "train/optimizer.h"
#include "train/recipe.h"

namespace netfit::train {

/// Everything that one training step changes, all of it on the device, in tensors that stay where they are.
struct StepState {
  Parameters parameters;
  std::optional<Parameters> averaged;  ///< EMA of trained numbers and statistics
  std::unique_ptr<Optimizer> optimizer;
  at::Tensor mask;        ///< float32 [trained numbers]: 0 where a weight has to stay 0; undefined if none has
  at::Tensor order;       ///< int64 [samples]: the epoch's order
  at::Tensor position;    ///< int64: where in it the next batch begins
  at::Tensor steps;       ///< int64: done since the beginning
  at::Tensor rates;       ///< float32 [steps]: the learning rate of each
  at::Tensor loss_scale;  ///< float32: gradients are multiplied with it so that float16 holds them
  at::Tensor loss_sum;    ///< float32: of the epoch's samples
  at::Tensor correct;     ///< int64: of the epoch's samples, as augmented
};

/// What a part of the training holds still.
struct Stage {
  FoldedNorm norm = FoldedNorm::Batch;
  bool ranges_frozen = false;

  friend bool operator==(const Stage&, const Stage&) = default;
};

/// Forward, backward and update on the next batch of the epoch's order. Nothing waits for the device.
class Step {
 public:
  Step(const Network& network, const Images& images, const Augmenter& augmenter, const Recipe& recipe,
       const Teacher* teacher)
      : network_(network), images_(images), augmenter_(augmenter), recipe_(recipe), teacher_(teacher) {}

  void run(StepState& state, const Stage& stage = {}) const;

 private:
  at::Tensor loss(const Outputs& outputs, const Batch& batch) const;
  void update(StepState& state, const at::Tensor& loss) const;
  void average_numbers(StepState& state) const;
  void settle_ranges(StepState& state, const Stage& stage, const at::Tensor& before, const at::Tensor& ends) const;

  const Network& network_;
  const Images& images_;
  const Augmenter& augmenter_;
  const Recipe& recipe_;
  const Teacher* teacher_;
};

}  // namespace netfit::train
