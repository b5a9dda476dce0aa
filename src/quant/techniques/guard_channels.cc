// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/guard_channels.h"

#include <algorithm>
#include <vector>

#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"
#include "quant/observers/channel_statistics.h"

namespace netfit::quant {
namespace {

/// Gives the constant channels of a layer their value as bias; how many had weights until now.
std::int64_t silence(passes::Wiring& wiring, ir::NodeId id, const std::vector<ChannelStatistics>& results) {
  const ir::NodeView layer(wiring.graph(), wiring.graph().node(id));
  std::vector<double> weights = tensor::to_doubles(*layer.input(1).constant);
  std::vector<double> bias = passes::bias_of(layer);
  std::vector<bool> had_weights(results.size(), false);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t c = passes::channels_of(layer, i).output;
    if (results[c].low != results[c].high || weights[i] == 0.0) continue;
    had_weights[c] = true;
    weights[i] = 0.0;
    bias[c] = static_cast<double>(results[c].high);
  }
  const auto silenced = std::ranges::count(had_weights, true);
  if (silenced > 0) passes::set_parameters(wiring, id, weights, bias);
  return silenced;
}

}  // namespace

Result<GuardedChannels> guard_dead_channels(ir::Graph& graph, const Samples& samples) {
  const StatisticsByValue statistics = NETFIT_TRY(measure_channels(graph, samples));
  passes::Wiring wiring(graph);
  GuardedChannels guarded;
  for (const ir::NodeId id : std::vector<ir::NodeId>(graph.order().begin(), graph.order().end())) {
    if (!passes::has_constant_parameters({graph, graph.node(id)})) continue;
    const auto results = statistics.find(graph.node(id).outputs.front());
    if (results != statistics.end()) guarded.silenced += silence(wiring, id, results->second);
  }
  return guarded;
}

}  // namespace netfit::quant
