// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/op_spec.h"

namespace netfit::ir {

/// Of conv2d and depthwise_conv2d. Padding taps contribute real zero.
struct Conv2dAttrs {
  Extent2d stride;
  Extent2d dilation;
  Padding2d padding;
  Activation activation = Activation::None;

  static constexpr auto fields() {
    return std::tuple{Field{"stride", &Conv2dAttrs::stride}, Field{"dilation", &Conv2dAttrs::dilation},
                      Field{"padding", &Conv2dAttrs::padding}, Field{"activation", &Conv2dAttrs::activation}};
  }
};

struct FullyConnectedAttrs {
  Activation activation = Activation::None;

  static constexpr auto fields() { return std::tuple{Field{"activation", &FullyConnectedAttrs::activation}}; }
};

/// conv2d(x[n,h,w,c], weights[o,kh,kw,c/groups], bias[o]?). The number of groups follows from the shapes.
extern const OpSpec kConv2d;
/// depthwise_conv2d(x[n,h,w,c], weights[1,kh,kw,c*multiplier], bias[c*multiplier]?); output channel k reads input
/// channel k / multiplier.
extern const OpSpec kDepthwiseConv2d;
/// fully_connected(x[...,i], weights[o,i], bias[o]?) -> [...,o].
extern const OpSpec kFullyConnected;

/// The axis of `weights` along which the output channels of a kConv2d, kDepthwiseConv2d or kFullyConnected lie.
int output_channel_axis(const OpSpec& op);

/// Groups of a conv2d whose shapes are valid.
std::int64_t conv_groups(const NodeView& node);

/// Integer weights under float data ("dynamic range"): in every run each sample's data are quantized to i8 with
/// parameters of their own (docs/quantization.md), and the result is float.
bool is_hybrid(const NodeView& node);

}  // namespace netfit::ir
