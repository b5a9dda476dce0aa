// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exec/step.h"

namespace netfit::exec::onednn {

/// conv2d, depthwise_conv2d and fully_connected in f32, and in i8 where the result is exact (docs/executors.md).
Result<std::unique_ptr<Step>> make_conv(const NodeContext& context);

}  // namespace netfit::exec::onednn
