// SPDX-License-Identifier: Apache-2.0
//
// Behind a corrected batch norm the data are others, so norms are corrected one after another, with all samples run up
// to each.

#include "quant/techniques/reestimate_batch_norm.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ir/ops/normalization.h"
#include "passes/constants.h"
#include "quant/observers/channel_statistics.h"
#include "quant/techniques/graph_walk.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::NodeView;

// Places of a batch_norm's inputs.
constexpr std::size_t kMean = 3;
constexpr std::size_t kVariance = 4;

bool has_constant_statistics(const NodeView& node) {
  return &node.op() == &ir::kBatchNorm && passes::constant_floats(node, kMean) &&
         passes::constant_floats(node, kVariance);
}

/// A record as reals, channel by channel, and the data that it should be of.
class Record {
 public:
  Record(const NodeView& norm, std::span<const ChannelStatistics> data)
      : data_(data),
        epsilon_(static_cast<double>(norm.attrs<ir::BatchNormAttrs>().epsilon)),
        mean_(tensor::to_doubles(*norm.input(kMean).constant)),
        variance_(tensor::to_doubles(*norm.input(kVariance).constant)) {}

  std::size_t channels() const { return mean_.size(); }
  double shift(std::size_t c) const {
    const double variance = data_[c].variance() + epsilon_;
    return std::hypot((mean_[c] - data_[c].mean) / std::sqrt(variance),
                      std::log2((variance_[c] + epsilon_) / variance));
  }

 private:
  std::span<const ChannelStatistics> data_;
  double epsilon_;
  std::vector<double> mean_;
  std::vector<double> variance_;
};

void correct(passes::Wiring& wiring, NodeId id, std::span<const ChannelStatistics> data) {
  const NodeView norm(wiring.graph(), wiring.graph().node(id));
  const Record record(norm, data);
  std::vector<float> mean;
  std::vector<float> variance;
  for (std::size_t c = 0; c < record.channels(); ++c) {
    mean.push_back(static_cast<float>(data[c].mean));
    variance.push_back(static_cast<float>(data[c].variance()));
  }
  const Shape channels = norm.input(kMean).shape;
  passes::replace_constant(wiring, id, kMean, Tensor::from(channels, mean));
  passes::replace_constant(wiring, id, kVariance, Tensor::from(channels, variance));
}

}  // namespace

double record_shift(const ir::NodeView& batch_norm, std::span<const ChannelStatistics> data) {
  const Record record(batch_norm, data);
  std::vector<double> shifts;
  for (std::size_t c = 0; c < record.channels(); ++c) shifts.push_back(record.shift(c));
  const auto middle = shifts.begin() + std::ssize(shifts) / 2;
  std::ranges::nth_element(shifts, middle);
  return *middle;
}

Result<std::vector<RenewedRecord>> reestimate_batch_norms(ir::Graph& graph, const Samples& samples,
                                                          const ReestimationOptions& options) {
  ir::Graph corrected = graph;
  passes::Wiring wiring(corrected);
  GraphWalk walk(samples);
  std::vector<RenewedRecord> renewed;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    const NodeView node(corrected, corrected.node(id));
    if (!has_constant_statistics(node)) continue;
    NETFIT_TRY(walk.advance(corrected, id));
    const ir::ValueId data = node.node().inputs.front();
    if (!walk.knows(data)) continue;  // of constants alone: no sample moves it
    ChannelSums sums;
    sums.add(walk.value(data));
    const std::vector<ChannelStatistics> statistics = sums.statistics();
    const double shift = record_shift(node, statistics);
    if (options.beyond > 0.0 && shift <= options.beyond) continue;
    correct(wiring, id, statistics);
    renewed.push_back({id, shift});
  }
  graph = std::move(corrected);
  return renewed;
}

}  // namespace netfit::quant
