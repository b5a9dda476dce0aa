// SPDX-License-Identifier: Apache-2.0
#include "passes/node_activation.h"

#include "ir/ops.h"

namespace netfit::passes {

ir::Activation activation_of(const ir::Node& node) {
  if (node.attrs.holds<ir::Conv2dAttrs>()) return node.attrs.as<ir::Conv2dAttrs>().activation;
  if (node.attrs.holds<ir::FullyConnectedAttrs>()) return node.attrs.as<ir::FullyConnectedAttrs>().activation;
  if (node.attrs.holds<ir::BinaryAttrs>()) return node.attrs.as<ir::BinaryAttrs>().activation;
  if (node.attrs.holds<ir::Pool2dAttrs>()) return node.attrs.as<ir::Pool2dAttrs>().activation;
  return ir::as_activation(*node.op).value_or(ir::Activation::None);
}

}  // namespace netfit::passes
