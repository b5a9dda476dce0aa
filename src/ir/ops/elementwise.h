// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/op_spec.h"

namespace netfit::ir {

struct BinaryAttrs {
  Activation activation = Activation::None;

  static constexpr auto fields() { return std::tuple{Field{"activation", &BinaryAttrs::activation}}; }
};

// Two inputs, broadcast by numpy's rule.
extern const OpSpec kAdd;
extern const OpSpec kDiv;
extern const OpSpec kMul;
extern const OpSpec kSub;

}  // namespace netfit::ir
