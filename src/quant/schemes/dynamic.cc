// SPDX-License-Identifier: Apache-2.0
//
// Weights are symmetric: scale = max|w| / 127, integers in [-127, 127], nearest, ties away from zero. Convolutions have
// one scale per output channel; fully_connected has one for the whole tensor, because kernels for more than that came
// to TensorFlow Lite years later, with version 12 of the operator.

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/check.h"
#include "base/diagnostics.h"
#include "base/text.h"
#include "ir/absent_weights.h"
#include "ir/ops/conv.h"
#include "ir/verifier.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"
#include "passes/widen_constants.h"
#include "quant/quantize.h"
#include "quant/schemes/layer_params.h"
#include "quant/schemes/storage.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::NodeView;

bool becomes_hybrid(const NodeView& node) {
  const std::optional<std::span<const float>> weights =
      passes::is_layer(node.op()) ? passes::constant_floats(node, 1) : std::nullopt;
  return weights && std::ssize(*weights) >= kLeastDynamicElements;
}

// A channel of zeros has no scale of its own; nor has one so small that its scale would leave the normal numbers.
float scale_for(float largest) { return std::max(largest / 127.0F, std::numeric_limits<float>::min()); }

QuantParams weight_params(const NodeView& layer, std::span<const float> weights) {
  if (&layer.op() == &ir::kFullyConnected) {
    float largest = 0;
    for (const float weight : weights) largest = std::max(largest, std::fabs(weight));
    return QuantParams::per_tensor(scale_for(largest), 0);
  }
  const int axis = ir::output_channel_axis(layer.op());
  std::vector<float> largest(static_cast<std::size_t>(layer.input(1).shape[axis]), 0.0F);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    float& channel = largest[passes::channels_of(layer, i).output];
    channel = std::max(channel, std::fabs(weights[i]));
  }
  std::ranges::transform(largest, largest.begin(), &scale_for);
  return QuantParams::per_channel(std::move(largest), axis);
}

QuantizedTensor quantize_weights(const NodeView& layer) {
  const std::span<const float> weights = *passes::constant_floats(layer, 1);
  QuantizedTensor result{Tensor(DType::Int8, layer.input(1).shape), weight_params(layer, weights)};
  const std::span<std::int8_t> out = result.tensor.mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(passes::channels_of(layer, i).output);
    const float steps = std::round(weights[i] / result.params.scale(channel));
    out[i] = static_cast<std::int8_t>(std::clamp(steps, -127.0F, 127.0F));
  }
  return result;
}

Result<void> check_finite(const ir::Graph& graph) {
  Diagnostics faults;
  for (const NodeId id : graph.order()) {
    const NodeView node(graph, graph.node(id));
    if (!becomes_hybrid(node)) continue;
    const std::span<const float> weights = *passes::constant_floats(node, 1);
    if (std::ranges::all_of(weights, [](float weight) { return std::isfinite(weight); })) continue;
    faults.error(describe(node), fmt::format("its weights '{}' are not finite", base::printable(node.input(1).name)));
  }
  return faults.result();
}

}  // namespace

Result<ir::Graph> quantize_dynamic(const ir::Graph& optimized) {
  NETFIT_TRY(ir::require_weights(optimized));
  ir::Graph result = optimized;
  NETFIT_TRY(passes::widen_constants(result));
  NETFIT_TRY(check_float(result, "dynamic"));
  NETFIT_TRY(check_finite(result));
  passes::Wiring wiring(result);
  for (const NodeId id : result.order()) {
    const NodeView node(result, result.node(id));
    if (!becomes_hybrid(node)) continue;
    QuantizedTensor weights = quantize_weights(node);
    passes::replace_constant(wiring, id, 1, std::move(weights.tensor), std::move(weights.params));
  }
  if (const Result<void> valid = ir::verify(result); !valid) {
    base::report_bug(__FILE__, __LINE__, "dynamic range broke the graph: " + valid.error().text());
  }
  return result;
}

}  // namespace netfit::quant
