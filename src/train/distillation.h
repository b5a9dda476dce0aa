// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "train/network.h"
#include "train/recipe.h"

// Learning from a trained network.
namespace netfit::train {

/// Values of two networks that are compared, each the last of its size.
struct FeaturePairs {
  std::vector<ir::ValueId> student;
  std::vector<ir::ValueId> teacher;
};

/// The last feature maps of every size (height and width, beyond a single pixel) that both networks have. Their numbers
/// of channels may differ. Fails if there is none.
Result<FeaturePairs> pair_features(const ir::Graph& student, const ir::Graph& teacher);

/// A trained network that tells the one in training what it sees in each image.
struct Teacher {
  Network network;
  Parameters parameters;
  FeaturePairs features;  ///< empty unless the recipe compares them
};

/// Hinton et al., arXiv:1503.02531: cross entropy between both softened by the temperature; its square keeps gradients
/// as large.
at::Tensor logits_distance(const at::Tensor& student, const at::Tensor& teacher, double temperature);

/// Zagoruyko and Komodakis, arXiv:1612.03928: where a network looks, whatever its width. A map's attention is the mean
/// square over its channels at each place, scaled to length 1; the distance is the mean square of the differences,
/// summed over the maps.
at::Tensor attention_distance(const std::vector<at::Tensor>& student, const std::vector<at::Tensor>& teacher);

/// Minus the mean log-likelihood of targets whose rows sum to 1.
at::Tensor cross_entropy(const at::Tensor& logits, const at::Tensor& targets);

/// What a student learns from: the labels, the teacher's logits and its attention, as the recipe weighs them.
at::Tensor distillation_loss(const Outputs& student, const Outputs& teacher, const at::Tensor& targets,
                             const DistillationRecipe& recipe);

}  // namespace netfit::train
