// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"
#include "quant/samples.h"

namespace netfit::quant {

/// What a channel (place along the last axis) of a value holds over all samples and pixels.
struct ChannelStatistics {
  float low = 0.0F;
  float high = 0.0F;
  double mean = 0.0;
  double mean_square = 0.0;

  double variance() const { return std::max(0.0, mean_square - mean * mean); }
};

using StatisticsByValue = std::unordered_map<ir::ValueId, std::vector<ChannelStatistics>>;

/// Of every float value with channels that is no constant. The same samples give the same figures on any number of
/// threads. Fails if an element is not finite, naming its value.
Result<StatisticsByValue> measure_channels(const ir::Graph& graph, const Samples& samples);

/// Statistics that grow with each tensor [n, ..., channels] added.
class ChannelSums {
 public:
  void add(const Tensor& tensor);
  /// Of what was added; no channels if nothing was.
  std::vector<ChannelStatistics> statistics() const;

 private:
  struct Channel {
    float low;
    float high;
    double sum = 0.0;
    double squares = 0.0;
  };
  std::vector<Channel> channels_;
  std::int64_t rows_ = 0;
};

}  // namespace netfit::quant
