// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/op_spec.h"
#include "passes/wiring.h"

namespace netfit::passes {

/// A conv2d, depthwise_conv2d or fully_connected whose weights, and bias if it has one, are float32 constants.
bool has_constant_parameters(const ir::NodeView& node);

/// The bias of such a layer, zeros if it has none.
std::vector<double> bias_of(const ir::NodeView& layer);

/// Gives a layer other weights, in the order and shape of its own, and another bias, also if it had none.
void set_parameters(Wiring& wiring, ir::NodeId layer, const std::vector<double>& weights,
                    const std::vector<double>& bias);

}  // namespace netfit::passes
