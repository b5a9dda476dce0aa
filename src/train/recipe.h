// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace netfit::train {

enum class OptimizerKind : std::uint8_t { Sgd, AdamW, Muon };
enum class ScheduleKind : std::uint8_t { Cosine, OneCycle };
enum class Policy : std::uint8_t { None, TrivialAugment, RandAugment };
enum class Arithmetic : std::uint8_t { Float32, Float16 };

struct ScheduleRecipe {
  ScheduleKind kind = ScheduleKind::Cosine;
  std::int64_t epochs = 100;
  std::int64_t batch = 512;
  double warm_up_epochs = 5;  ///< of a rising learning rate in front of the cosine; one-cycle: the rising part
  /// The last learning rate as a part of the highest.
  double final_part = 0;
};

struct OptimizerRecipe {
  OptimizerKind kind = OptimizerKind::Sgd;  ///< SGD with Nesterov's momentum
  double learning_rate = 0.4;               ///< the highest
  double momentum = 0.9;                    ///< AdamW: beta1
  double beta2 = 0.999;                     ///< AdamW only
  double weight_decay = 5e-4;               ///< of kernels and matrices
  double depthwise_weight_decay = 5e-4;     ///< of depthwise kernels
  double vector_weight_decay = 0;           ///< of biases and batch norms
};

struct AugmentationRecipe {
  std::int64_t crop = 4;  ///< pixels of zeros on each side, of which a window of the image's size is taken
  bool flip = true;
  std::int64_t cutout = 0;  ///< side of a square of zeros, in pixels
  Policy policy = Policy::None;
  std::int64_t rand_augment_operations = 2;
  double rand_augment_magnitude = 9;  ///< of 30
  double mixup = 0;                   ///< alpha of its beta distribution; 0: off
  double cutmix = 0;                  ///< likewise; with both, each batch takes one of them by a coin
};

struct RegularizationRecipe {
  double label_smoothing = 0;
  double stochastic_depth = 0;  ///< chance to skip the last residual branch
  double ema = 0;               ///< part of the average that one step keeps; 0: off
};

/// Which integers a network is trained for: the scheme that `quantize` gives it afterwards.
enum class QatScheme : std::uint8_t { None, Int8, Int8PerTensor, Int4 };

/// How the ranges of activations change after the calibration: by their gradients (LSQ), or as a moving average of
/// what each batch holds.
enum class RangeUpdate : std::uint8_t { Learned, Observed, Kept };

/// How wide the steps of a kernel's integers are: its largest weight lies at the end of the grid, or they are trained
/// with the weights (LSQ).
enum class WeightSteps : std::uint8_t { Largest, Learned };

/// Quantization-aware training.
struct QatRecipe {
  QatScheme scheme = QatScheme::None;
  RangeUpdate activation_ranges = RangeUpdate::Learned;
  WeightSteps weight_steps = WeightSteps::Largest;
  /// From which part of the training on batch norms use and keep their running statistics, and ranges and steps stay
  /// what they are; whole epochs.
  double freeze_batch_norm = 0.5;
  double freeze_ranges = 0.75;
  std::int64_t calibration_batches = 8;  ///< of 64 training images, which give the first ranges of activations
};

struct DistillationRecipe {
  double temperature = 4;
  double weight = 0.9;  ///< of the teacher's logits in the loss; the labels have the rest
  double features = 0;  ///< of the distance between attention maps, beside both
};

/// Everything that decides what a training does beside the network and the data.
struct Recipe {
  ScheduleRecipe schedule;
  OptimizerRecipe optimizer;
  AugmentationRecipe augmentation;
  RegularizationRecipe regularization;
  DistillationRecipe distillation;
  QatRecipe qat;
  Arithmetic arithmetic = Arithmetic::Float32;
  bool keep_zeros = false;          ///< weights that are 0 before the first step stay 0
  std::int64_t validation = 5000;   ///< training images held out, to choose by; 0: none, the last weights count
  std::int64_t evaluate_every = 1;  ///< epochs
  std::int64_t seed = 1;
};

}  // namespace netfit::train
