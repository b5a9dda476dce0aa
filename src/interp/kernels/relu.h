// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// relu, relu6 and relu_n1_to_1 in float32, int8 and int16; the result may have parameters of its own.
Result<Step> prepare_relu(const ir::NodeView& node);

/// leaky_relu in the same types; the result may have parameters of its own.
Result<Step> prepare_leaky_relu(const ir::NodeView& node);

}  // namespace netfit::interp
