// SPDX-License-Identifier: Apache-2.0
#include "diagnose/constant_reals.h"

#include "ir/ops/requantize.h"
#include "tensor/dequantize.h"

namespace netfit::diagnose {

std::optional<Tensor> constant_reals(const ir::NodeView& node, std::size_t input, const ir::Uses& uses) {
  if (!node.has_input(input)) return std::nullopt;
  const ir::Graph& graph = node.graph();
  const ir::Value* value = &node.input(input);
  const ir::NodeId producer = uses.producer(node.node().inputs[input]);
  if (producer.valid() && graph.node(producer).op == &ir::kRequantize) {
    value = &graph.value(graph.node(producer).inputs[0]);
  }
  if (!value->is_constant()) return std::nullopt;
  if (value->dtype == DType::Float32) return *value->constant;
  if (value->dtype != DType::Float16 && !value->quant) return std::nullopt;
  return tensor::dequantize(*value->constant, value->quant);
}

}  // namespace netfit::diagnose
