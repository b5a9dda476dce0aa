// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "exec/step.h"

namespace netfit::exec::xnnpack {

/// Debian's package has no version number but a date: "2022-02-16".
std::string version();

/// Must succeed once before any maker is called. Fails on a CPU that XNNPACK does not support.
Result<void> initialize();

/// conv2d, depthwise_conv2d and fully_connected in f32 and i8.
Result<std::unique_ptr<Step>> make_conv(const NodeContext& context);
/// add of two tensors of one shape in i8.
Result<std::unique_ptr<Step>> make_add(const NodeContext& context);

}  // namespace netfit::exec::xnnpack
