// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "quant/quantize.h"

namespace netfit::quant {

/// From the least to the greatest element of all samples: nothing is clipped.
Range min_max_range(std::span<const Range> samples);

}  // namespace netfit::quant
