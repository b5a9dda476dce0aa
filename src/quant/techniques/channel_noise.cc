// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/channel_noise.h"

#include <algorithm>
#include <cmath>

#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"

namespace netfit::quant {

using ir::NodeView;
using ir::ValueId;

double reach(const ChannelStatistics& channel) {
  return std::max(0.0, static_cast<double>(channel.high)) - std::min(0.0, static_cast<double>(channel.low));
}

namespace {

// Steps of a range in int8, and of the magnitude of a weight; rounding to a step s makes noise of power s^2 / 12, whose
// divisor is the same everywhere and left out.
constexpr double kSteps = 255;
constexpr double kWeightSteps = 127;

/// A channel that is always zero has no signal that noise could drown.
double inverse_square(double reach) { return reach > 0 ? 1 / (reach * reach) : 0; }

}  // namespace

ChannelNoise::ChannelNoise(const ir::Graph& graph, const ChannelStrands& strands, const StatisticsByValue& statistics)
    : strands_(strands), statistics_(statistics), strand_gains_(strands.count(), 0.0) {
  for (const ir::NodeId id : graph.order()) {
    const NodeView node(graph, graph.node(id));
    if (passes::has_constant_parameters(node)) {
      add_layer(node);
      continue;
    }
    for (const ValueId value : node.node().inputs) add_reader(value);
  }
  for (const auto& [value, gains] : gains_) {
    for (std::size_t c = 0; c < gains.size(); ++c) strand_gains_[strands.of(value)[c]] += gains[c];
  }
}

void ChannelNoise::add_layer(const NodeView& node) {
  const ValueId data = node.node().inputs.front();
  const ValueId result = node.node().outputs.front();
  if (!statistics_.contains(data) || !statistics_.contains(result)) return;
  Layer layer{.data = data, .result = result};
  std::unordered_map<std::uint64_t, std::size_t> places;
  const std::span<const float> weights = node.input(1).constant->data<float>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const passes::Channels channels = passes::channels_of(node, i);
    const std::uint64_t key = static_cast<std::uint64_t>(channels.output) << 32 | channels.input;
    const auto [place, is_new] = places.try_emplace(key, layer.connections.size());
    if (is_new) {
      layer.connections.push_back(
          {static_cast<std::uint32_t>(channels.output), static_cast<std::uint32_t>(channels.input), 0, 0});
    }
    Connection& connection = layer.connections[place->second];
    const auto weight = static_cast<double>(weights[i]);
    connection.largest = std::max(connection.largest, std::fabs(weight));
    connection.squares += weight * weight;
  }
  layer.taps = static_cast<double>(weights.size()) / static_cast<double>(layer.connections.size());

  const std::vector<ChannelStatistics>& outputs = statistics_.at(result);
  std::vector<double>& gains = gains_[data];
  gains.resize(statistics_.at(data).size());
  for (const Connection& connection : layer.connections) {
    gains[connection.input] +=
        connection.squares * inverse_square(reach(outputs[connection.output])) / static_cast<double>(outputs.size());
  }
  layers_.push_back(std::move(layer));
}

// An op without weights hands the error on as it is.
void ChannelNoise::add_reader(ValueId value) {
  const auto place = statistics_.find(value);
  if (place == statistics_.end()) return;
  const std::vector<ChannelStatistics>& channels = place->second;
  std::vector<double>& gains = gains_[value];
  gains.resize(channels.size());
  for (std::size_t c = 0; c < channels.size(); ++c) {
    gains[c] += inverse_square(reach(channels[c])) / static_cast<double>(channels.size());
  }
}

double ChannelNoise::of_value(ValueId value, std::span<const double> factors) const {
  const auto gains = gains_.find(value);
  const auto channels = statistics_.find(value);
  if (gains == gains_.end() || channels == statistics_.end()) return 0;
  const std::span<const Strand> strands = strands_.of(value);
  double low = 0;
  double high = 0;
  double seen = 0;
  for (std::size_t c = 0; c < strands.size(); ++c) {
    const double factor = factors[strands[c]];
    low = std::min(low, factor * static_cast<double>(channels->second[c].low));
    high = std::max(high, factor * static_cast<double>(channels->second[c].high));
    seen += gains->second[c] / (factor * factor);
  }
  const double step = (high - low) / kSteps;
  return step * step * seen;
}

double ChannelNoise::of_weights(const Layer& layer, std::span<const double> factors) const {
  const std::span<const Strand> inputs = strands_.of(layer.data);
  const std::vector<ChannelStatistics>& data = statistics_.at(layer.data);
  const std::vector<ChannelStatistics>& results = statistics_.at(layer.result);
  std::vector<double> largest(results.size());
  std::vector<double> power(results.size());
  for (const Connection& connection : layer.connections) {
    const double factor = factors[inputs[connection.input]];
    largest[connection.output] = std::max(largest[connection.output], connection.largest / factor);
    power[connection.output] += layer.taps * data[connection.input].mean_square * factor * factor;
  }
  double sum = 0;
  for (std::size_t o = 0; o < results.size(); ++o) {
    const double step = largest[o] / kWeightSteps;
    sum += step * step * power[o] * inverse_square(reach(results[o]));
  }
  return sum / static_cast<double>(results.size());
}

double ChannelNoise::behind(const ChannelGroup& group, std::span<const double> factors) const {
  const auto has = [&](ValueId value) { return std::ranges::find(group.values, value) != group.values.end(); };
  double sum = 0;
  for (const ValueId value : group.values) sum += of_value(value, factors);
  for (const Layer& layer : layers_) {
    if (has(layer.data)) sum += of_weights(layer, factors);
  }
  return sum;
}

}  // namespace netfit::quant
