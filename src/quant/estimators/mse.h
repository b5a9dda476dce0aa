// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/observers/histogram.h"

namespace netfit::quant {

/// The range whose 256 levels lie nearest to the elements, by mean squared error, clipping included.
Range mse_range(const Histogram& histogram);

}  // namespace netfit::quant
