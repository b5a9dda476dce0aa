// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/integer_ops.h"

#include "ir/ops.h"

namespace netfit::formats::onnx {
namespace {

template <typename T>
ir::Attrs set_activation(const ir::Attrs& attrs, ir::Activation activation) {
  T changed = attrs.as<T>();
  changed.activation = activation;
  return ir::Attrs::of(changed);
}

}  // namespace

bool only_moves(const ir::OpSpec* op) { return op->integer == ir::IntegerForm::Moves; }
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
