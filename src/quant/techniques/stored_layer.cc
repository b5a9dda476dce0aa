// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/stored_layer.h"

namespace netfit::quant {

std::optional<StoredLayer> find_stored_layer(const ir::Graph& quantized, ir::NodeId layer) {
  ir::ValueId weights = quantized.node(layer).inputs.at(1);
  for (const ir::NodeId id : quantized.order()) {
    const ir::Node& node = quantized.node(id);
    if (node.outputs.front() == weights) weights = node.inputs.front();
    if (id == layer) break;
  }
  const ir::Value& value = quantized.value(weights);
  if (!value.constant || !value.quant) return std::nullopt;
  if (value.dtype == DType::Int4) return StoredLayer{&*value.constant, &*value.quant, 7, 4};
  if (value.dtype == DType::Int8) return StoredLayer{&*value.constant, &*value.quant, 127, 8};
  return std::nullopt;
}

}  // namespace netfit::quant
