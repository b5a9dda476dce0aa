// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "diagnose/examination.h"
#include "quant/precision.h"

namespace netfit::diagnose {

/// The samples that ranges and channels are measured on: the first of training, or of the test where there is none.
data::Dataset calibration_samples(const Examination& exam);

/// What most layers of the subject are stored and computed in; float32 where it has no integer activations.
quant::Precision precision_of(const Examination& exam);

/// The float network `graph` (optimized) in `precision`, with the inputs and outputs that the subject has, calibrated
/// on the training samples (the test samples where there are none). Under float32 it stays as it is.
Result<ir::Graph> quantize_anew(const Examination& exam, const ir::Graph& graph, const quant::Precision& precision);

}  // namespace netfit::diagnose
