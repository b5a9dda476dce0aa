// SPDX-License-Identifier: Apache-2.0
#include "channel_statistics.h"

#include "ir/ops.h"

namespace netfit::gone_wrong {

Result<quant::StatisticsByValue> channel_statistics(const Workbench& bench, const ir::Graph& optimized) {
  return quant::measure_channels(
      optimized, {.inputs = {bench.samples()}, .engine = bench.tools().engine, .progress = bench.tools().progress});
}

Result<std::vector<quant::ChannelStatistics>> before_activation(const Workbench& bench, const ir::Graph& optimized,
                                                                ir::NodeId layer) {
  ir::Graph graph = optimized;
  auto attrs = graph.node(layer).attrs.as<ir::Conv2dAttrs>();
  attrs.activation = ir::Activation::None;
  graph.node(layer).attrs = ir::Attrs::of(attrs);
  const ir::ValueId result = graph.node(layer).outputs.front();
  return NETFIT_TRY(channel_statistics(bench, graph)).at(result);
}

}  // namespace netfit::gone_wrong
