// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/integer_ops.h"

#include <algorithm>
#include <array>

#include "ir/ops.h"

namespace netfit::formats::onnx {
namespace {

// Ops that compute on integers; whatever is not here stays float.
constexpr std::array kIntegerOps{
    IntegerOp{&ir::kAdd, Fuses::Activation},
    IntegerOp{&ir::kAveragePool2d, Fuses::Activation},
    IntegerOp{&ir::kConcat, Fuses::No},
    IntegerOp{&ir::kConv2d, Fuses::Activation},
    IntegerOp{&ir::kDepthwiseConv2d, Fuses::Activation},
    IntegerOp{&ir::kFullyConnected, Fuses::Activation},
    IntegerOp{&ir::kHardSwish, Fuses::No},
    IntegerOp{&ir::kLeakyRelu, Fuses::No},
    IntegerOp{&ir::kMaxPool2d, Fuses::Activation},
    IntegerOp{&ir::kMean, Fuses::No},
    IntegerOp{&ir::kMul, Fuses::Activation},
    IntegerOp{&ir::kPad, Fuses::No},
    IntegerOp{&ir::kRelu, Fuses::No},
    IntegerOp{&ir::kRelu6, Fuses::No},
    IntegerOp{&ir::kReluN1To1, Fuses::No},
    IntegerOp{&ir::kSigmoid, Fuses::No},
    IntegerOp{&ir::kSoftmax, Fuses::No},
    IntegerOp{&ir::kSub, Fuses::Activation},
};

template <typename T>
ir::Attrs set_activation(const ir::Attrs& attrs, ir::Activation activation) {
  T changed = attrs.as<T>();
  changed.activation = activation;
  return ir::Attrs::of(changed);
}

}  // namespace

const IntegerOp* find_integer_op(const ir::OpSpec* op) {
  const auto* found = std::ranges::find(kIntegerOps, op, &IntegerOp::op);
  return found == kIntegerOps.end() ? nullptr : found;
}

bool only_moves(const ir::OpSpec* op) { return op == &ir::kReshape || op == &ir::kTranspose; }
bool has_weights(const ir::OpSpec* op) {
  return op == &ir::kConv2d || op == &ir::kDepthwiseConv2d || op == &ir::kFullyConnected;
}

ir::Attrs with_activation(const ir::Attrs& attrs, ir::Activation activation) {
  if (activation == ir::Activation::None) return attrs;
  if (attrs.holds<ir::Conv2dAttrs>()) return set_activation<ir::Conv2dAttrs>(attrs, activation);
  if (attrs.holds<ir::FullyConnectedAttrs>()) return set_activation<ir::FullyConnectedAttrs>(attrs, activation);
  if (attrs.holds<ir::Pool2dAttrs>()) return set_activation<ir::Pool2dAttrs>(attrs, activation);
  return set_activation<ir::BinaryAttrs>(attrs, activation);
}

}  // namespace netfit::formats::onnx
