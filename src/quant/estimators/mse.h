// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/observers/histogram.h"

namespace netfit::quant {

/// The range whose 256 levels lie nearest to the elements, by mean squared error, to which clipped elements add
/// `clip_weight` times the square of what they lose.
Range mse_range(const Histogram& histogram, double clip_weight = 1.0);

}  // namespace netfit::quant
