// SPDX-License-Identifier: Apache-2.0
//
// Networks whose float function is that of the sound one, bit for bit but for the order of sums, and whose channels are
// of very unequal size: factors are powers of two, undone by whoever reads the channel.

#include "faults/spread.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "channel_groups.h"
#include "channel_statistics.h"
#include "faults/faults.h"
#include "ir/ops.h"

namespace netfit::gone_wrong {
namespace {

// Below a relu6's limit by enough for images that are not among the training samples.
constexpr double kUnsaturated = 5.0;

// Channels of a group that may shrink: where a relu6 clamps, only those that it never does.
std::vector<bool> may_shrink(const ir::Graph& graph, const ChannelGroup& group,
                             const quant::StatisticsByValue& statistics) {
  std::vector<bool> may(group.channels.size(), true);
  for (const ir::NodeId id : group.producers) {
    const ir::Node& node = graph.node(id);
    if (!node.attrs.holds<ir::Conv2dAttrs>() || node.attrs.as<ir::Conv2dAttrs>().activation != ir::Activation::Relu6)
      continue;
    const std::vector<quant::ChannelStatistics>& channels = statistics.at(node.outputs.front());
    for (std::size_t c = 0; c < may.size(); ++c) may[c] = may[c] && channels[c].high < kUnsaturated;
  }
  return may;
}

struct Factors {
  std::vector<double> factors;
  std::vector<std::int64_t> scaled;
};

Factors draw_factors(const std::vector<bool>& may, const SpreadOptions& options, Draw& draw) {
  Factors drawn{.factors = std::vector<double>(may.size(), 1.0)};
  for (std::size_t c = 0; c < may.size(); ++c) {
    if (!may[c] || !draw.chance(options.share)) continue;
    drawn.factors[c] = std::exp2(-static_cast<double>(draw.integer(1, options.steps)));
    drawn.scaled.push_back(static_cast<std::int64_t>(c));
  }
  return drawn;
}

std::vector<ChannelGroup> groups_of(const ir::Graph& graph, bool residual) {
  std::vector<ChannelGroup> groups = find_channel_groups(graph);
  std::erase_if(groups, [&](const ChannelGroup& group) { return group.residual != residual; });
  return groups;
}

}  // namespace

Result<SpreadNetwork> spread_between_layers(const Workbench& bench, Draw& draw, const SpreadOptions& options) {
  SpreadNetwork result{.graph = bench.optimized()};
  std::vector<ChannelGroup> groups = groups_of(result.graph, false);
  const quant::StatisticsByValue statistics = NETFIT_TRY(channel_statistics(bench, result.graph));
  std::erase_if(groups, [&](const ChannelGroup& group) {
    const std::vector<bool> may = may_shrink(result.graph, group, statistics);
    return std::ranges::count(may, true) < std::ssize(may) / 4;
  });
  if (options.one_group) groups = {draw.one_of(groups)};
  for (const ChannelGroup& group : groups) {
    const Factors drawn = draw_factors(may_shrink(result.graph, group, statistics), options, draw);
    scale_channels(result.graph, group, drawn.factors);
    result.values = group.values;
    result.channels = drawn.scaled;
    result.layer = group.producers.front();
  }
  return result;
}

Result<Broken> spread_channels(const Workbench& bench, Draw& draw) {
  const SpreadOptions options{
      .share = draw.real(0.5, 1.0), .steps = draw.integer(8, 14), .one_group = draw.chance(0.5)};
  const SpreadNetwork spread = NETFIT_TRY(spread_between_layers(bench, draw, options));
  Broken broken{bench.about(NETFIT_TRY(bench.quantize(spread.graph))), {}};
  broken.subject.reference->graph = spread.graph;
  if (options.one_group) {
    broken.truth.layer = spread.graph.node(spread.layer).name;
    broken.truth.values = names(spread.graph, spread.values);
    broken.truth.channels = spread.channels;
  }
  broken.truth.done = fmt::format("channels between {} are scaled by 2^-1 to 2^-{}",
                                  options.one_group ? "two layers" : "all layers", options.steps);
  return broken;
}

Result<Broken> spread_residual_groups(const Workbench& bench, Draw& draw) {
  ir::Graph graph = bench.optimized();
  std::vector<ChannelGroup> groups = groups_of(graph, true);
  const bool one_group = draw.chance(0.5);
  const std::int64_t steps = draw.integer(3, 6);
  if (one_group) groups = {draw.one_of(groups)};
  Truth truth{.done = fmt::format("channels of {} are scaled by 2^-{} to 2^{}",
                                  one_group ? "one residual group" : "all residual groups", steps, steps)};
  for (const ChannelGroup& group : groups) {
    std::vector<double> factors;
    for (std::int64_t c = 0; c < std::ssize(group.channels); ++c) {
      const std::int64_t exponent = draw.integer(-steps, steps);
      factors.push_back(std::exp2(static_cast<double>(exponent)));
      if (one_group && exponent != 0) truth.channels.push_back(c);
    }
    scale_channels(graph, group, factors);
    if (one_group) truth.values = names(graph, group.values);
  }
  Broken broken{bench.about(NETFIT_TRY(bench.quantize(graph))), std::move(truth)};
  broken.subject.reference->graph = graph;
  return broken;
}

}  // namespace netfit::gone_wrong
