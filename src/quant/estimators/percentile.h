// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/observers/histogram.h"

namespace netfit::quant {

/// The range that holds `percent` of the elements, with half of the rest cut off at each end. The resolution is the
/// histogram's bin.
Range percentile_range(const Histogram& histogram, double percent);

}  // namespace netfit::quant
