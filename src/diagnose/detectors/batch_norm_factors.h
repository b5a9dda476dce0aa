// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/examination.h"

namespace netfit::diagnose {

/// What the batch norm behind a layer of the reference, as imported, multiplies each channel by, and what that is made
/// of.
struct BatchNormFactors {
  std::vector<double> factors;  ///< scale / sqrt(variance + epsilon)
  std::vector<double> variances;
  double epsilon = 0.0;
};
std::optional<BatchNormFactors> batch_norm_factors(const Examination& exam, ir::NodeId reference_layer);

/// How a batch norm was folded whose layer has these ratios to the right weights: "twice", "not at all", "with epsilon
/// 0.01 instead of 1e-05"; empty if neither explains them.
std::string explain_fold(const BatchNormFactors& batch_norm, const std::vector<double>& ratios);

}  // namespace netfit::diagnose
