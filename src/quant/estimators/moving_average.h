// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "quant/quantize.h"

namespace netfit::quant {

/// Each end follows the samples in their order: end = past * end + (1 - past) * sample. The first sample counts whole.
Range moving_average_range(std::span<const Range> samples, double past);

}  // namespace netfit::quant
