// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "diagnose/examination.h"
#include "quant/precision.h"

namespace netfit::diagnose {

/// The samples that ranges and channels are measured on: the first of training, or of the test where there is none.
data::Dataset calibration_samples(const Examination& exam);

/// How a file is stored and computed.
struct Scheme {
  quant::Precision precision;
  bool dynamic = false;  ///< int8 weights under float data; `precision` is then weight-only's

  bool quantizes() const { return precision.weights != quant::WeightType::Float32; }
  std::string_view name() const { return dynamic ? "dynamic" : quant::name(precision); }
};

/// What most layers of the subject are stored and computed in.
Scheme scheme_of(const Examination& exam);

/// The float network `graph` (optimized) in `scheme`, with the inputs and outputs that the subject has, calibrated on
/// the training samples (the test samples where there are none) if activations are integers.
Result<ir::Graph> quantize_anew(const Examination& exam, const ir::Graph& graph, const Scheme& scheme);

}  // namespace netfit::diagnose
