// SPDX-License-Identifier: Apache-2.0
#include "passes/constants.h"

namespace netfit::passes {

std::optional<std::span<const float>> constant_floats(const ir::NodeView& node, std::size_t i) {
  if (!node.has_input(i) || !node.input(i).is_constant()) return std::nullopt;
  const Tensor& tensor = *node.input(i).constant;
  if (tensor.dtype() != DType::Float32) return std::nullopt;
  return tensor.data<float>();
}

ir::ValueId with_constant(Wiring& wiring, ir::ValueId old, Tensor tensor, std::optional<QuantParams> quant) {
  if (!wiring.has_single_reader(old)) {
    const std::string name = wiring.graph().value(old).name;
    return wiring.add_constant(name, std::move(tensor), std::move(quant));
  }
  ir::Value& value = wiring.graph().value(old);
  value.dtype = tensor.dtype();
  value.shape = tensor.shape();
  value.quant = std::move(quant);
  value.constant = std::move(tensor);
  return old;
}

void replace_constant(Wiring& wiring, ir::NodeId node, std::size_t i, Tensor tensor, std::optional<QuantParams> quant) {
  const ir::ValueId old = wiring.graph().node(node).inputs.at(i);
  wiring.set_input(node, i, with_constant(wiring, old, std::move(tensor), std::move(quant)));
}

}  // namespace netfit::passes
