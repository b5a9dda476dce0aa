// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "diagnose/tensor_metrics.h"
#include "exec/engine.h"
#include "ir/op_spec.h"

namespace netfit::diagnose {

/// One form of a network with its samples as it takes them.
struct Side {
  const ir::Graph& graph;      ///< optimized
  std::vector<Tensor> inputs;  ///< in the graph's own types
};

/// SQNR of a layer's weights in b against those in a, dB.
struct WeightComparison {
  double sqnr_db = 0.0;
  std::vector<double> channels;  ///< of each output channel alone
  std::int64_t worst_channel = 0;
};

struct TensorComparison {
  std::string a;  ///< names
  std::string b;
  std::string op;             ///< of b that gives the tensor; "input" for an input of the graph
  TensorMetrics accumulated;  ///< each graph on its own samples: with the errors of everything before
  /// Of the node of b alone, fed with a's values as b stores them. None for inputs, and where the node's own inputs
  /// have no partner.
  std::optional<TensorMetrics> single;
  std::optional<WeightComparison> weights;  ///< layers only
};

struct GraphComparison {
  std::vector<TensorComparison> tensors;  ///< every pair of match_graphs, in the order of b
  std::vector<std::string> unmatched;     ///< nodes of b that a has nothing for: "softmax 'probabilities'"
};

/// Compares every tensor that both have, on the same samples. `a` is the reference. Memory stays bounded: samples pass
/// through in chunks, twice, because histograms need the range of the reference.
Result<GraphComparison> compare_graphs(const Side& a, const Side& b, const exec::Engine& engine, Progress& progress);

/// Of two tensors of weights with the same elements in the same order; `layer` is either's node.
WeightComparison compare_weights(const ir::NodeView& layer, const Tensor& a, const Tensor& b);

}  // namespace netfit::diagnose
