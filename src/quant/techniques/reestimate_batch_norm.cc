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

/// Returns the largest shift of a mean, in standard deviations of the record before.
double correct(passes::Wiring& wiring, NodeId id, const Tensor& data) {
  const NodeView norm(wiring.graph(), wiring.graph().node(id));
  const double epsilon = static_cast<double>(norm.attrs<ir::BatchNormAttrs>().epsilon);
  ChannelSums sums;
  sums.add(data);
  const std::vector<ChannelStatistics> statistics = sums.statistics();
  const std::vector<double> old_mean = tensor::to_doubles(*norm.input(kMean).constant);
  const std::vector<double> old_variance = tensor::to_doubles(*norm.input(kVariance).constant);
  std::vector<float> mean;
  std::vector<float> variance;
  double shift = 0;
  for (std::size_t c = 0; c < statistics.size(); ++c) {
    const double square = statistics[c].mean_square - statistics[c].mean * statistics[c].mean;
    mean.push_back(static_cast<float>(statistics[c].mean));
    variance.push_back(static_cast<float>(std::max(0.0, square)));
    shift = std::max(shift, std::fabs(statistics[c].mean - old_mean[c]) / std::sqrt(old_variance[c] + epsilon));
  }
  const Shape channels = norm.input(kMean).shape;
  passes::replace_constant(wiring, id, kMean, Tensor::from(channels, mean));
  passes::replace_constant(wiring, id, kVariance, Tensor::from(channels, variance));
  return shift;
}

}  // namespace

Result<Reestimation> reestimate_batch_norms(ir::Graph& graph, const Samples& samples) {
  ir::Graph corrected = graph;
  passes::Wiring wiring(corrected);
  GraphWalk walk(samples);
  Reestimation done;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    const NodeView node(corrected, corrected.node(id));
    if (!has_constant_statistics(node)) continue;
    NETFIT_TRY(walk.advance(corrected, id));
    const ir::ValueId data = node.node().inputs.front();
    if (!walk.knows(data)) continue;  // of constants alone: no sample moves it
    const double shift = correct(wiring, id, walk.value(data));
    done.largest_shift = std::max(done.largest_shift, shift);
    ++done.batch_norms;
  }
  graph = std::move(corrected);
  return done;
}

}  // namespace netfit::quant
