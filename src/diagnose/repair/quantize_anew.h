// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "diagnose/examination.h"

namespace netfit::diagnose {

/// The samples that ranges and channels are measured on: the first of training, or of the test where there is none.
data::Dataset calibration_samples(const Examination& exam);

/// The float network `graph` (optimized) as int8 with the inputs and outputs that the subject has, calibrated on the
/// training samples (the test samples where there are none). A subject without integer activations stays float.
Result<ir::Graph> quantize_anew(const Examination& exam, const ir::Graph& graph);

}  // namespace netfit::diagnose
