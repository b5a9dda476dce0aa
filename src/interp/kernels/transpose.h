// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// Any type of whole bytes.
Result<Step> prepare_transpose(const ir::NodeView& node);

}  // namespace netfit::interp
