// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// float32, int8, int16.
Result<Step> prepare_sigmoid(const ir::NodeView& node);

}  // namespace netfit::interp
