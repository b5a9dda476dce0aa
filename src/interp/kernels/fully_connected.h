// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// float32, int8, int16x8; weights per tensor or per channel.
Result<Step> prepare_fully_connected(const ir::NodeView& node);

}  // namespace netfit::interp
