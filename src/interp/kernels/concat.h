// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// Any type of whole bytes; all quantized inputs must share the result's parameters.
Result<Step> prepare_concat(const ir::NodeView& node);

}  // namespace netfit::interp
