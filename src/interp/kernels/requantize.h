// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// float32 to and from i8, u8, i16 and between these; i32 and float16 to float32.
Result<Step> prepare_requantize(const ir::NodeView& node);

}  // namespace netfit::interp
