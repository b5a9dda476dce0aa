// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "diagnose/examination.h"

namespace netfit::diagnose {

/// A layer's parameters beside the reference's, by output channel. All are reals.
struct LayerProfile {
  LayerPair layer;
  std::string name;                            ///< of the node
  std::string place;                           ///< "conv2d 'stem'"
  std::vector<std::vector<double>> weights;    ///< of the subject
  std::vector<std::vector<double>> reference;  ///< in the same order
  std::vector<double> steps;                   ///< of the subject's weights; 0 in float
  std::vector<double> ratios;     ///< the factor that takes the reference's weights nearest to the subject's
  std::vector<double> residuals;  ///< what that leaves, against the subject's weights (root of squares)
  std::vector<double> bias;
  std::vector<double> reference_bias;
  std::vector<double> bias_steps;     ///< 0 in float
  std::vector<double> bias_integers;  ///< empty in float

  std::size_t channels() const { return weights.size(); }
  bool is_quantized() const { return steps.front() > 0.0; }
  /// Whether the weights are the reference's, but for rounding to a neighbouring step.
  bool weights_match() const;
  /// Whether all channels share one step.
  bool one_step() const;
  /// Greatest integer that a weight is stored as, by magnitude.
  double greatest_integer() const;
};

LayerProfile profile_layer(const Examination& exam, const LayerPair& layer);
std::vector<LayerProfile> profile_layers(const Examination& exam);

double root_of_squares(const std::vector<double>& numbers);
double median(std::vector<double> numbers);

}  // namespace netfit::diagnose
