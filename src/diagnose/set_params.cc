// SPDX-License-Identifier: Apache-2.0
#include "diagnose/set_params.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "ir/op_spec.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"
#include "quant/schemes/affine_params.h"

namespace netfit::diagnose {
namespace {

bool contains(const std::vector<ir::ValueId>& values, ir::ValueId value) {
  return std::ranges::find(values, value) != values.end();
}

// Data inputs and result of a node.
std::vector<ir::ValueId> data_of(const ir::Node& node) {
  const auto inputs = std::min(node.inputs.size(), static_cast<std::size_t>(node.op->data_inputs));
  std::vector<ir::ValueId> values(node.inputs.begin(), node.inputs.begin() + static_cast<std::ptrdiff_t>(inputs));
  values.push_back(node.outputs.front());
  return values;
}

void fit_bias(passes::Wiring& wiring, ir::NodeId id) {
  const ir::Graph& graph = wiring.graph();
  const ir::NodeView layer(graph, graph.node(id));
  if (!layer.has_input(2) || !layer.input(2).quant || !layer.input(2).is_constant()) return;
  const ir::Value& bias = layer.input(2);
  Tensor integers = *bias.constant;
  QuantParams params = *bias.quant;
  const std::vector<double> old = tensor::to_doubles(integers);
  const double most = static_cast<double>(tensor::highest(DType::Int32));
  std::vector<double> scaled;
  for (std::size_t c = 0; c < old.size(); ++c) {
    const std::size_t at = params.is_per_channel() ? c : 0;
    const double before = static_cast<double>(bias.quant->scales[at]);
    params.scales[at] = layer.input(0).quant->scale() * layer.input(1).quant->scale(static_cast<std::int64_t>(c));
    const double units = old[c] * before / static_cast<double>(params.scales[at]);
    scaled.push_back(std::clamp(std::round(units), -most, most));
  }
  const auto fill = [&]<typename T>(std::span<T> target) {
    std::ranges::transform(scaled, target.begin(), [](double number) { return static_cast<T>(number); });
  };
  integers.dtype() == DType::Int64 ? fill(integers.mutable_data<std::int64_t>())
                                   : fill(integers.mutable_data<std::int32_t>());
  passes::replace_constant(wiring, id, 2, std::move(integers), std::move(params));
}

}  // namespace

std::vector<ir::ValueId> sharing_values(const ir::Graph& graph, ir::ValueId value) {
  std::vector<ir::ValueId> shared{value};
  for (std::size_t before = 0; before != shared.size();) {
    before = shared.size();
    for (const ir::NodeId id : graph.order()) {
      const ir::Node& node = graph.node(id);
      if (node.op->quant != ir::QuantRule::SameAsData) continue;
      const std::vector<ir::ValueId> data = data_of(node);
      if (std::ranges::none_of(data, [&](ir::ValueId other) { return contains(shared, other); })) continue;
      for (const ir::ValueId other : data) {
        if (!contains(shared, other)) shared.push_back(other);
      }
    }
  }
  return shared;
}

QuantParams params_for(quant::Range range, DType dtype) {
  if (dtype == DType::Int16) {
    const float most = std::max(std::fabs(range.low), std::fabs(range.high));
    return QuantParams::per_tensor(std::max(most, 1e-9F) / 32767.0F, 0);
  }
  const QuantParams params = quant::asymmetric_params(range);
  return dtype == DType::UInt8 ? quant::as_unsigned(params) : params;
}

void set_params(ir::Graph& graph, ir::ValueId value, const QuantParams& params) {
  const std::vector<ir::ValueId> shared = sharing_values(graph, value);
  for (const ir::ValueId id : shared) graph.value(id).quant = params;
  passes::Wiring wiring(graph);
  const std::vector<ir::NodeId> order(graph.order().begin(), graph.order().end());
  for (const ir::NodeId id : order) {
    if (passes::is_layer(*graph.node(id).op) && contains(shared, graph.node(id).inputs.front())) fit_bias(wiring, id);
  }
}

}  // namespace netfit::diagnose
