// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "diagnose/suspicion.h"

// One function for each family of faults. Each looks at an examination whose ladder is climbed and says what it would
// correct; whether that helps is weighed by the caller, except for faults outside the network, which weigh themselves.
namespace netfit::diagnose {

/// Harness: Preprocessing, PreprocessedTwice, ColorOrder.
Result<Suspicions> suspect_preprocessing(const Examination& exam);
/// What the user's own outputs show: InputCast, OutputMisread.
Result<Suspicions> suspect_input_and_output(const Examination& exam);
/// ClassOrder.
Result<Suspicions> suspect_class_order(const Examination& exam);
/// StaleBatchNorm of the reference itself.
Result<Suspicions> suspect_statistics(const Examination& exam);
/// Weights and biases beside the reference's: KernelLayout, BatchNormFold, StaleBatchNorm, WrongChannelScales,
/// BiasLost, TinyChannelScale; Unknown for weights that nothing explains.
Result<Suspicions> suspect_weights(const Examination& exam);
/// ClampLost.
Result<Suspicions> suspect_clamps(const Examination& exam);
/// OutlierRange, NarrowRange, WrongZeroPoint, BadCalibration.
Result<Suspicions> suspect_ranges(const Examination& exam);
/// PerTensorWeights, ResidualSpread, ChannelSpread, TooFewBits.
Result<Suspicions> suspect_precision(const Examination& exam);

}  // namespace netfit::diagnose
