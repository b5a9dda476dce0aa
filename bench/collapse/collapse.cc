// SPDX-License-Identifier: Apache-2.0
#include "collapse/collapse.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/random.h"
#include "ir/ops/conv.h"
#include "passes/node_activation.h"
#include "quant/observers/channel_statistics.h"
#include "quant/techniques/scale_strands.h"

namespace netfit::collapse {
namespace {

using passes::ChannelStrands;
using passes::Strand;

constexpr std::int64_t kMostExponent = 6;
constexpr double kShareOfExpansions = 0.05;

bool is_conv_with(const ir::Node& node, ir::Activation activation) {
  return node.op == &ir::kConv2d && passes::activation_of(node) == activation;
}

bool is_clipped(const ir::Node& node) { return std::isfinite(ir::range_of(passes::activation_of(node)).high); }

/// Free strands of the results of such nodes, ascending.
std::vector<Strand> strands_behind(const ir::Graph& graph, const ChannelStrands& strands, const auto& is_wanted) {
  std::set<Strand> found;
  for (const ir::NodeId id : graph.order()) {
    if (!is_wanted(graph.node(id))) continue;
    for (const Strand strand : strands.of(graph.node(id).outputs.front())) {
      if (!strands.is_pinned(strand)) found.insert(strand);
    }
  }
  return {found.begin(), found.end()};
}

Collapsed scale(ir::Graph& graph, const ChannelStrands& strands, const std::vector<double>& factors,
                std::size_t eligible) {
  quant::scale_strands(graph, strands, factors);
  const auto scaled = std::ranges::count_if(factors, [](double factor) { return factor != 1.0; });
  return {.scaled = scaled, .eligible = static_cast<std::int64_t>(eligible)};
}

bool depthwise_reads(const ir::Graph& graph, ir::ValueId value) {
  return std::ranges::any_of(graph.order(), [&](ir::NodeId id) {
    const ir::Node& node = graph.node(id);
    return node.op == &ir::kDepthwiseConv2d && node.inputs.front() == value;
  });
}

}  // namespace

Collapsed collapse_streams(ir::Graph& graph, std::uint64_t seed) {
  const ChannelStrands strands(graph);
  std::vector<Strand> streams =
      strands_behind(graph, strands, [](const ir::Node& node) { return is_conv_with(node, ir::Activation::None); });
  const std::vector<Strand> clipped = strands_behind(graph, strands, is_clipped);
  std::erase_if(streams, [&](Strand strand) { return std::ranges::binary_search(clipped, strand); });
  base::Random random(seed);
  std::vector<double> factors(strands.count(), 1.0);
  for (const Strand strand : streams) {
    factors[strand] = std::exp2(static_cast<double>(random.integer(-kMostExponent, kMostExponent)));
  }
  return scale(graph, strands, factors, streams.size());
}

Result<Collapsed> collapse_expansions(ir::Graph& graph, const quant::Samples& samples, std::uint64_t seed) {
  const ChannelStrands strands(graph);
  const quant::StatisticsByValue statistics = NETFIT_TRY(quant::measure_channels(graph, samples));
  std::vector<Strand> open = strands_behind(graph, strands, [&](const ir::Node& node) {
    return is_conv_with(node, ir::Activation::Relu6) && depthwise_reads(graph, node.outputs.front());
  });
  for (const auto& [value, channels] : statistics) {
    for (std::size_t c = 0; c < channels.size(); ++c) {
      if (channels[c].high >= ir::range_of(ir::Activation::Relu6).high) std::erase(open, strands.of(value)[c]);
    }
  }
  base::Random random(seed);
  std::vector<double> factors(strands.count(), 1.0);
  const std::size_t eligible = open.size();
  for (auto left = std::llround(kShareOfExpansions * static_cast<double>(eligible)); left > 0; --left) {
    const auto place = open.begin() + random.integer(0, std::ssize(open) - 1);
    factors[*place] = std::exp2(static_cast<double>(-kMostExponent));
    open.erase(place);
  }
  return scale(graph, strands, factors, eligible);
}

}  // namespace netfit::collapse
