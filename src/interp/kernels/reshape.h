// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// Any type.
Result<Step> prepare_reshape(const ir::NodeView& node);

}  // namespace netfit::interp
