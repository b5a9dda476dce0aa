// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/op_spec.h"

namespace netfit::ir {

/// Taps in the padding do not take part: neither in a maximum nor in the number that an average divides by.
struct Pool2dAttrs {
  Extent2d window;
  Extent2d stride;
  Padding2d padding;
  Activation activation = Activation::None;

  static constexpr auto fields() {
    return std::tuple{Field{"window", &Pool2dAttrs::window}, Field{"stride", &Pool2dAttrs::stride},
                      Field{"padding", &Pool2dAttrs::padding}, Field{"activation", &Pool2dAttrs::activation}};
  }
};

extern const OpSpec kAveragePool2d;
extern const OpSpec kMaxPool2d;

}  // namespace netfit::ir
