// SPDX-License-Identifier: Apache-2.0
#include "channel_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "ir/ops.h"
#include "passes/layer_channels.h"

namespace netfit::gone_wrong {
namespace {

class Gatherer {
 public:
  void add(const Tensor& tensor) {
    const auto channels = static_cast<std::size_t>(tensor.shape().dim(-1));
    sums_.resize(channels);
    const std::span<const float> elements = tensor.data<float>();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      Sums& sums = sums_[i % channels];
      const auto element = static_cast<double>(elements[i]);
      sums.plain += element;
      sums.squares += element * element;
      sums.lowest = std::min(sums.lowest, element);
      sums.highest = std::max(sums.highest, element);
    }
    count_ += static_cast<double>(elements.size() / channels);
  }

  std::vector<ChannelStatistics> result() const {
    std::vector<ChannelStatistics> channels;
    for (const Sums& sums : sums_) {
      const double mean = sums.plain / count_;
      channels.push_back({.mean = mean,
                          .variance = std::max(0.0, sums.squares / count_ - mean * mean),
                          .lowest = sums.lowest,
                          .highest = sums.highest});
    }
    return channels;
  }

 private:
  struct Sums {
    double plain = 0.0;
    double squares = 0.0;
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -std::numeric_limits<double>::infinity();
  };
  std::vector<Sums> sums_;
  double count_ = 0.0;
};

}  // namespace

Result<StatisticsOfValues> layer_results(const Workbench& bench, const ir::Graph& optimized) {
  std::unordered_map<ir::ValueId, Gatherer> gatherers;
  for (const ir::NodeId id : optimized.order()) {
    if (passes::is_layer(*optimized.node(id).op)) gatherers[optimized.node(id).outputs.front()];
  }
  NETFIT_TRY(bench.observe(optimized, [&](ir::ValueId value, std::int64_t, const Tensor& tensor) {
    if (const auto found = gatherers.find(value); found != gatherers.end()) found->second.add(tensor);
  }));
  StatisticsOfValues statistics;
  for (const auto& [value, gatherer] : gatherers) statistics[value] = gatherer.result();
  return statistics;
}

Result<std::vector<ChannelStatistics>> before_activation(const Workbench& bench, const ir::Graph& optimized,
                                                         ir::NodeId layer) {
  ir::Graph graph = optimized;
  auto attrs = graph.node(layer).attrs.as<ir::Conv2dAttrs>();
  attrs.activation = ir::Activation::None;
  graph.node(layer).attrs = ir::Attrs::of(attrs);
  const ir::ValueId result = graph.node(layer).outputs.front();
  return NETFIT_TRY(layer_results(bench, graph)).at(result);
}

}  // namespace netfit::gone_wrong
