// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ir/op_spec.h"

namespace netfit::passes {

/// conv2d, depthwise_conv2d, fully_connected: ops with weights and a bias per output channel.
bool is_layer(const ir::OpSpec& op);

/// The channels of result and data that one weight connects.
struct Channels {
  std::size_t output;
  std::size_t input;
};

/// Of the weight at a row-major position in the weights of a layer.
Channels channels_of(const ir::NodeView& layer, std::size_t weight);

}  // namespace netfit::passes
