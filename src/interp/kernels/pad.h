// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// Any type of whole bytes; quantized data keep their parameters.
Result<Step> prepare_pad(const ir::NodeView& node);

}  // namespace netfit::interp
