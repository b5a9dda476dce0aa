// SPDX-License-Identifier: Apache-2.0
//
// The network is sound and its ranges are right; the integers of its weights are not what they should be.

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "channel_groups.h"
#include "channel_statistics.h"
#include "faults/faults.h"
#include "faults/spread.h"
#include "ir/ops.h"
#include "passes/layer_channels.h"

namespace netfit::gone_wrong {
namespace {

using ir::NodeId;
using ir::NodeView;

std::vector<NodeId> layers(const ir::Graph& graph) {
  std::vector<NodeId> found;
  for (const NodeId id : graph.order()) {
    if (passes::is_layer(*graph.node(id).op)) found.push_back(id);
  }
  return found;
}

// A bias keeps its integers; what they are worth follows from the weights' scales.
void set_weight_scales(ir::Graph& graph, NodeId id, std::vector<float> scales) {
  const NodeView layer(graph, graph.node(id));
  const float data = layer.input(0).quant->scale();
  std::vector<float> bias;
  for (const float scale : scales) bias.push_back(scale * data);
  graph.value(graph.node(id).inputs[1]).quant->scales = std::move(scales);
  graph.value(graph.node(id).inputs[2]).quant->scales = std::move(bias);
}

double spread(const std::vector<float>& scales) {
  const auto [low, high] = std::ranges::minmax(scales);
  return static_cast<double>(high) / static_cast<double>(low);
}

// Layers whose channels are unequal enough for their scales not to be interchangeable.
std::vector<NodeId> uneven_layers(const ir::Graph& graph) {
  std::vector<NodeId> found;
  for (const NodeId id : layers(graph)) {
    if (spread(graph.value(graph.node(id).inputs[1]).quant->scales) >= 2) found.push_back(id);
  }
  return found;
}

// Rounds the weights of a layer to integers in [-most, most].
void coarsen(ir::Graph& graph, NodeId id, std::int32_t most) {
  const ir::Node& node = graph.node(id);
  const NodeView layer(graph, node);
  const QuantParams& quant = *layer.input(1).quant;
  std::vector<float> scales = quant.scales;
  for (float& scale : scales) scale *= 127.0F / static_cast<float>(most);
  Tensor weights = *layer.input(1).constant;
  for (std::int8_t& weight : weights.mutable_data<std::int8_t>()) {
    weight = static_cast<std::int8_t>(std::lround(static_cast<double>(weight) * most / 127.0));
  }
  Tensor bias = *layer.input(2).constant;
  for (std::int32_t& element : bias.mutable_data<std::int32_t>()) {
    element = static_cast<std::int32_t>(std::lround(static_cast<double>(element) * most / 127.0));
  }
  graph.value(node.inputs[1]).constant = std::move(weights);
  graph.value(node.inputs[2]).constant = std::move(bias);
  set_weight_scales(graph, id, std::move(scales));
}

// Gives every channel of a layer the scale of the largest.
void share_scale(ir::Graph& graph, NodeId id) {
  const ir::Node& node = graph.node(id);
  const NodeView layer(graph, node);
  const std::vector<float> own = layer.input(1).quant->scales;
  const float shared = *std::ranges::max_element(own);
  Tensor weights = *layer.input(1).constant;
  const std::span<std::int8_t> elements = weights.mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const float ratio = own[passes::channels_of(layer, i).output] / shared;
    elements[i] = static_cast<std::int8_t>(std::lround(static_cast<float>(elements[i]) * ratio));
  }
  Tensor bias = *layer.input(2).constant;
  const std::span<std::int32_t> sums = bias.mutable_data<std::int32_t>();
  for (std::size_t c = 0; c < sums.size(); ++c) {
    sums[c] = static_cast<std::int32_t>(
        std::lround(static_cast<double>(sums[c]) * static_cast<double>(own[c]) / static_cast<double>(shared)));
  }
  graph.value(node.inputs[1]).constant = std::move(weights);
  graph.value(node.inputs[2]).constant = std::move(bias);
  set_weight_scales(graph, id, std::vector<float>(own.size(), shared));
}

// The channels of a layer that vary least, and whose constant part is then all they give.
std::vector<std::int64_t> most_constant(const std::vector<quant::ChannelStatistics>& channels, std::int64_t count) {
  std::vector<std::int64_t> order(channels.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  const auto steadiness = [&](std::int64_t c) {
    const quant::ChannelStatistics& channel = channels[static_cast<std::size_t>(c)];
    return std::fabs(channel.mean) / (std::sqrt(channel.variance()) + 1e-3);
  };
  std::ranges::sort(order, std::greater(), steadiness);
  order.resize(static_cast<std::size_t>(count));
  std::ranges::sort(order);
  return order;
}

// Channels that give (almost) nothing but their bias, as pruning and weight decay leave them.
void make_dead(ir::Graph& graph, NodeId id, const std::vector<std::int64_t>& dead,
               const std::vector<quant::ChannelStatistics>& channels) {
  std::vector<double> factors(channels.size(), 1.0);
  for (const std::int64_t c : dead) factors[static_cast<std::size_t>(c)] = 1e-9;
  scale_outputs(graph, id, factors);
  const ir::ValueId bias = graph.node(id).inputs[2];
  Tensor tensor = *graph.value(bias).constant;
  for (const std::int64_t c : dead) {
    tensor.mutable_data<float>()[static_cast<std::size_t>(c)] =
        static_cast<float>(channels[static_cast<std::size_t>(c)].mean);
  }
  graph.value(bias).constant = std::move(tensor);
}

// What a converter makes of such channels that takes max|w| / 127 as it comes and lets the bias wrap around.
void wrap_biases(ir::Graph& int8, const ir::Graph& reals, NodeId id, const std::vector<std::int64_t>& dead) {
  const NodeView layer(int8, int8.node(id));
  const NodeView real(reals, reals.node(id));
  const std::span<const float> real_weights = real.input(1).constant->data<float>();
  std::vector<float> largest(static_cast<std::size_t>(real.input(2).shape[0]), 0.0F);
  for (std::size_t i = 0; i < real_weights.size(); ++i) {
    float& channel = largest[passes::channels_of(real, i).output];
    channel = std::max(channel, std::fabs(real_weights[i]));
  }
  std::vector<float> scales = layer.input(1).quant->scales;
  Tensor bias = *layer.input(2).constant;
  for (const std::int64_t channel : dead) {
    const auto c = static_cast<std::size_t>(channel);
    scales[c] = largest[c] / 127.0F;
    const double unit = static_cast<double>(layer.input(0).quant->scale()) * static_cast<double>(scales[c]);
    const double steps = static_cast<double>(real.input(2).constant->data<float>()[c]) / unit;
    bias.mutable_data<std::int32_t>()[c] =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::int64_t>(std::fmod(steps, 0x1p32))));
  }
  Tensor weights = *layer.input(1).constant;
  for (std::size_t i = 0; i < real_weights.size(); ++i) {
    const std::size_t c = passes::channels_of(real, i).output;
    if (std::ranges::find(dead, static_cast<std::int64_t>(c)) == dead.end()) continue;
    weights.mutable_data<std::int8_t>()[i] = static_cast<std::int8_t>(std::lround(real_weights[i] / scales[c]));
  }
  const ir::Node& node = int8.node(id);
  int8.value(node.inputs[1]).constant = std::move(weights);
  int8.value(node.inputs[2]).constant = std::move(bias);
  set_weight_scales(int8, id, std::move(scales));
}

}  // namespace

Result<Broken> quantize_per_tensor(const Workbench& bench, Draw& draw) {
  // Networks trained to be even take one scale for all channels; folded batch norms make others uneven, as here.
  const std::int64_t steps = draw.integer(3, 7);
  const SpreadNetwork uneven =
      NETFIT_TRY(spread_between_layers(bench, draw, {.share = draw.real(0.1, 0.5), .steps = steps}));
  ir::Graph graph = NETFIT_TRY(bench.quantize(uneven.graph));
  for (const NodeId id : layers(graph)) share_scale(graph, id);
  Broken broken{bench.about(std::move(graph)),
                {.done = fmt::format("one scale a layer, over channels that differ by up to {} times", 1 << steps)}};
  broken.subject.reference->graph = uneven.graph;
  return broken;
}

Result<Broken> exchange_scales(const Workbench& bench, Draw& draw) {
  ir::Graph graph = NETFIT_TRY(bench.int8());
  const NodeId id = draw.one_of(uneven_layers(graph));
  std::vector<float> scales = graph.value(graph.node(id).inputs[1]).quant->scales;
  const std::int64_t way = draw.integer(0, 2);
  if (way == 0) std::ranges::reverse(scales);
  if (way == 1) std::ranges::rotate(scales, scales.begin() + draw.integer(1, std::ssize(scales) - 1));
  if (way == 2) draw.shuffle(scales);
  const char* kWays[] = {"in reverse", "moved on by some places", "in random order"};
  set_weight_scales(graph, id, std::move(scales));
  Truth truth{.layer = graph.node(id).name, .done = fmt::format("the channel scales of one layer are {}", kWays[way])};
  return Broken{bench.about(std::move(graph)), std::move(truth)};
}

Result<Broken> make_scale_tiny(const Workbench& bench, Draw& draw) {
  ir::Graph network = bench.optimized();
  std::vector<NodeId> candidates = layers(network);
  std::erase_if(candidates, [&](NodeId id) {
    return network.node(id).op == &ir::kFullyConnected || !NodeView(network, network.node(id)).has_input(2);
  });
  const NodeId id = draw.one_of(candidates);
  const std::vector<quant::ChannelStatistics> channels = NETFIT_TRY(before_activation(bench, network, id));
  const auto count = static_cast<std::int64_t>(std::ceil(draw.real(0.05, 0.4) * static_cast<double>(channels.size())));
  const std::vector<std::int64_t> dead = most_constant(channels, count);
  make_dead(network, id, dead, channels);
  const ir::Graph sound = NETFIT_TRY(bench.quantize(network));
  ir::Graph graph = sound;
  wrap_biases(graph, network, id, dead);
  Broken broken{
      bench.about(graph),
      {.layer = graph.node(id).name,
       .channels = dead,
       .done = fmt::format("{} channels of one layer are almost zero, and their biases leave 32 bits", count)},
      sound};
  broken.subject.reference->graph = network;
  return broken;
}

Result<Broken> take_bits(const Workbench& bench, Draw& draw) {
  ir::Graph graph = NETFIT_TRY(bench.int8());
  const std::int64_t bits = draw.integer(2, 4);
  for (const NodeId id : layers(graph)) coarsen(graph, id, (1 << (bits - 1)) - 1);
  return Broken{bench.about(std::move(graph)), {.done = fmt::format("weights of {} bits in every layer", bits)}};
}

}  // namespace netfit::gone_wrong
