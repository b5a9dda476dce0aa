// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/nearest.h"

#include <algorithm>
#include <cmath>

#include "ir/op_spec.h"
#include "passes/layer_channels.h"

namespace netfit::quant {
namespace {

bool holds_integers(const ir::NodeView& layer) {
  const ir::Value& weights = layer.input(1);
  return weights.quant && (weights.dtype == DType::Int8 || weights.dtype == DType::Int4);
}

LayerRounding nearest(const ir::NodeView& layer, const ir::Value& stored) {
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  const float most = stored.dtype == DType::Int4 ? 7.0F : 127.0F;
  LayerRounding rounding{.integers = Tensor(DType::Int8, layer.input(1).shape), .params = *stored.quant};
  const std::span<std::int8_t> integers = rounding.integers.mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(passes::channels_of(layer, i).output);
    const float steps = std::round(weights[i] / rounding.params.scale(channel));
    integers[i] = static_cast<std::int8_t>(std::clamp(steps, -most, most));
  }
  return rounding;
}

}  // namespace

Roundings nearest_roundings(const ir::Graph& graph, const ir::Graph& quantized) {
  Roundings roundings;
  for (const ir::NodeId id : graph.order()) {
    if (!passes::is_layer(*graph.node(id).op)) continue;
    const ir::NodeView stored(quantized, quantized.node(id));
    if (holds_integers(stored)) roundings[id] = nearest(ir::NodeView(graph, graph.node(id)), stored.input(1));
  }
  return roundings;
}

}  // namespace netfit::quant
