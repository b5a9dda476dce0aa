// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/absorb_bias.h"

#include <algorithm>
#include <vector>

#include "ir/ops/conv.h"
#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"
#include "passes/node_activation.h"
#include "quant/observers/channel_statistics.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;

/// What a layer's channel can lose without meeting its activation on any sample; 0 if nothing.
double offset_of(const ChannelStatistics& channel, ir::Activation activation) {
  const bool clipped = channel.high >= ir::range_of(activation).high;
  return clipped ? 0.0 : std::max(0.0, static_cast<double>(channel.low));
}

/// Whether all that reads the value takes up an offset in its bias: layers without padding, whose taps all see data.
bool readers_absorb(const passes::Wiring& wiring, ValueId value) {
  const ir::Graph& graph = wiring.graph();
  return !wiring.is_output(value) && std::ranges::all_of(wiring.readers(value), [&](NodeId id) {
    const NodeView reader(graph, graph.node(id));
    if (!passes::has_constant_parameters(reader) || reader.node().inputs[0] != value) return false;
    return !reader.node().attrs.holds<ir::Conv2dAttrs>() || reader.attrs<ir::Conv2dAttrs>().padding.none();
  });
}

void lower_result(passes::Wiring& wiring, NodeId id, const std::vector<double>& offsets) {
  const NodeView layer(wiring.graph(), wiring.graph().node(id));
  std::vector<double> bias = passes::bias_of(layer);
  for (std::size_t c = 0; c < bias.size(); ++c) bias[c] -= offsets[c];
  passes::set_parameters(wiring, id, tensor::to_doubles(*layer.input(1).constant), bias);
}

void absorb(passes::Wiring& wiring, NodeId id, const std::vector<double>& offsets) {
  const NodeView layer(wiring.graph(), wiring.graph().node(id));
  const std::vector<double> weights = tensor::to_doubles(*layer.input(1).constant);
  std::vector<double> bias = passes::bias_of(layer);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const passes::Channels channels = passes::channels_of(layer, i);
    bias[channels.output] += weights[i] * offsets[channels.input];
  }
  passes::set_parameters(wiring, id, weights, bias);
}

}  // namespace

Result<Absorption> absorb_high_bias(ir::Graph& graph, const Samples& samples) {
  const StatisticsByValue statistics = NETFIT_TRY(measure_channels(graph, samples));
  passes::Wiring wiring(graph);
  Absorption absorption;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    const ValueId result = graph.node(id).outputs.front();
    const auto channels = statistics.find(result);
    if (channels == statistics.end() || !passes::has_constant_parameters({graph, graph.node(id)})) continue;
    if (!readers_absorb(wiring, result)) continue;
    const ir::Activation activation = passes::activation_of(graph.node(id));
    std::vector<double> offsets;
    for (const ChannelStatistics& channel : channels->second) offsets.push_back(offset_of(channel, activation));
    const auto moved = std::ranges::count_if(offsets, [](double offset) { return offset > 0; });
    if (moved == 0) continue;
    lower_result(wiring, id, offsets);
    for (const NodeId reader : std::vector<NodeId>(wiring.readers(result))) absorb(wiring, reader, offsets);
    absorption.channels += moved;
    ++absorption.layers;
  }
  return absorption;
}

}  // namespace netfit::quant
