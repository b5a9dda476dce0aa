// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// float32, int8, int16; quantized data keep their parameters.
Result<Step> prepare_average_pool2d(const ir::NodeView& node);
Result<Step> prepare_max_pool2d(const ir::NodeView& node);

}  // namespace netfit::interp
