// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// float32, int8, int16x8; dilated, with a channel multiplier.
Result<Step> prepare_depthwise_conv2d(const ir::NodeView& node);

}  // namespace netfit::interp
