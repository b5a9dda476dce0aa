// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "ir/op_spec.h"
#include "quant/quantize.h"

namespace netfit::quant {

/// Asymmetric int8 parameters that cover `range` and zero: scale = (high - low) / 255, with the zero point nudged to an
/// integer.
QuantParams asymmetric_params(Range range);

/// Symmetric int16 parameters that cover `range`: scale = max(|low|, |high|) / 32767, zero point 0.
QuantParams symmetric_params(Range range);

/// The same real numbers in u8.
QuantParams as_unsigned(QuantParams int8_params);

/// `reals` as integers of type i8 or i16.
Tensor quantize_tensor(const Tensor& reals, const QuantParams& params, DType dtype);

/// The least range that holds both.
Range join(Range a, Range b);
Range range_of(std::span<const float> elements);

}  // namespace netfit::quant
