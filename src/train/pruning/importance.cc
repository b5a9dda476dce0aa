// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/importance.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <unordered_map>

#include "base/random.h"
#include "ir/ops.h"
#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"

namespace netfit::train {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;
using passes::ChannelStrands;
using passes::Strand;

bool ends_strands(const NodeView& node) {
  return passes::has_constant_parameters(node) && &node.op() != &ir::kDepthwiseConv2d;
}

/// The batch norm that reads each value, where there is one.
std::unordered_map<ValueId, NodeId> find_norms(const ir::Graph& graph) {
  std::unordered_map<ValueId, NodeId> norms;
  for (const NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    if (node.op == &ir::kBatchNorm) norms.emplace(node.inputs.front(), id);
  }
  return norms;
}

/// What a batch norm multiplies each channel by.
std::vector<double> factors_of(const NodeView& norm) {
  std::vector<double> factors = tensor::to_doubles(*norm.input(1).constant);
  const std::vector<double> variances = tensor::to_doubles(*norm.input(4).constant);
  for (std::size_t c = 0; c < factors.size(); ++c) {
    factors[c] /= std::sqrt(variances[c] + static_cast<double>(norm.attrs<ir::BatchNormAttrs>().epsilon));
  }
  return factors;
}

struct Lengths {
  std::vector<double> made;
  std::vector<double> read;
};

/// By channel of a layer's result and of its data.
Lengths lengths_of(const NodeView& layer) {
  Lengths squares{std::vector<double>(static_cast<std::size_t>(layer.output().shape.dim(-1))),
                  std::vector<double>(static_cast<std::size_t>(layer.input(0).shape.dim(-1)))};
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const passes::Channels channels = passes::channels_of(layer, i);
    const double square = static_cast<double>(weights[i]) * static_cast<double>(weights[i]);
    squares.made[channels.output] += square;
    squares.read[channels.input] += square;
  }
  for (auto* sums : {&squares.made, &squares.read}) {
    for (double& sum : *sums) sum = std::sqrt(sum);
  }
  return squares;
}

/// Adds the lengths in units of their mean.
void add_lengths(Importance& sums, std::span<const Strand> strands, const std::vector<double>& lengths) {
  const double mean = std::reduce(lengths.begin(), lengths.end()) / static_cast<double>(lengths.size());
  if (!(mean > 0)) return;
  for (std::size_t c = 0; c < lengths.size(); ++c) sums[strands[c]] += lengths[c] / mean;
}

}  // namespace

Importance magnitude_of_channels(const ir::Graph& graph, const ChannelStrands& strands) {
  const std::unordered_map<ValueId, NodeId> norms = find_norms(graph);
  Importance made(strands.count());
  Importance read(strands.count());
  for (const NodeId id : graph.order()) {
    const NodeView node(graph, graph.node(id));
    if (!ends_strands(node)) continue;
    Lengths lengths = lengths_of(node);
    const ValueId result = node.node().outputs.front();
    if (const auto norm = norms.find(result); norm != norms.end()) {
      const std::vector<double> factors = factors_of({graph, graph.node(norm->second)});
      for (std::size_t c = 0; c < factors.size(); ++c) lengths.made[c] *= std::abs(factors[c]);
    }
    add_lengths(made, strands.of(result), lengths.made);
    add_lengths(read, strands.of(node.node().inputs.front()), lengths.read);
  }
  for (Strand strand = 0; strand < made.size(); ++strand) made[strand] *= read[strand];
  return made;
}

Result<Importance> batch_norm_scale_of_channels(const ir::Graph& graph, const ChannelStrands& strands) {
  Importance sums(strands.count());
  std::vector<double> norms(strands.count());
  bool found = false;
  for (const NodeId id : graph.order()) {
    const NodeView node(graph, graph.node(id));
    if (&node.op() != &ir::kBatchNorm || !node.input(1).is_constant()) continue;
    const std::span<const Strand> own = strands.of(node.node().outputs.front());
    const std::vector<double> scales = tensor::to_doubles(*node.input(1).constant);
    for (std::size_t c = 0; c < scales.size(); ++c) {
      sums[own[c]] += std::abs(scales[c]);
      ++norms[own[c]];
      found = found || !strands.is_pinned(own[c]);
    }
  }
  if (!found) return bad_input("has no batch norms whose scales could rank channels (allowed: taylor, magnitude)");
  for (Strand strand = 0; strand < sums.size(); ++strand) {
    sums[strand] = norms[strand] > 0 ? sums[strand] / norms[strand] : std::numeric_limits<double>::infinity();
  }
  return sums;
}

Importance random_importance(const passes::ChannelStrands& strands, std::uint64_t seed) {
  base::Random random(seed);
  Importance importance(strands.count());
  for (double& one : importance) one = static_cast<double>(random.real(0, 1));
  return importance;
}

}  // namespace netfit::train
