// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// float32, int8, int16.
Result<Step> prepare_add(const ir::NodeView& node);
Result<Step> prepare_sub(const ir::NodeView& node);
Result<Step> prepare_mul(const ir::NodeView& node);
/// float32: LiteRT divides integers only in uint8.
Result<Step> prepare_div(const ir::NodeView& node);

}  // namespace netfit::interp
