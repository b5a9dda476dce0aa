// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "diagnose/match.h"
#include "diagnose/tensor_metrics.h"
#include "exec/engine.h"
#include "ir/op_spec.h"

namespace netfit::diagnose {

/// One form of a network with its samples as it takes them.
struct Side {
  const ir::Graph& graph;      ///< optimized
  std::vector<Tensor> inputs;  ///< in the graph's own types
};

struct TensorComparison {
  std::string a;  ///< names
  std::string b;
  std::string layer;                            ///< the node of b that gives the tensor
  TensorMetrics accumulated;                    ///< with the errors of everything before it
  std::optional<TensorMetrics> single;          ///< of this node alone, fed with the reference's data
  std::optional<double> weight_sqnr_db;         ///< of b's weights against a's
  std::optional<double> least_channel_sqnr_db;  ///< the worst output channel of those weights
  std::int64_t least_channel = 0;
};

struct CompareOptions {
  bool single_layer = true;
};

/// Every pair of match_graphs, in the order of `b`. `a` is the reference; its graph is float, b's any.
Result<std::vector<TensorComparison>> compare_tensors(const Side& a, const Side& b, const CompareOptions& options,
                                                      const exec::Engine& engine, Progress& progress);

/// SQNR in dB of each output channel of a layer's weights in b against the float weights in a, in the order of
/// channels.
std::vector<double> channel_weight_sqnr(const ir::NodeView& a, const ir::NodeView& b);

}  // namespace netfit::diagnose
