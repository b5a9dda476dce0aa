// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cost/terms.h"
#include "ir/graph.h"
#include "tensor/dtype.h"

namespace netfit::cost {

/// What the products of a runtime compute in one go, where it is known (XNNPACK names its kernels so).
struct ProductTile {
  double pixels = 1.0;
  double channels = 1.0;
  double depth = 1.0;  ///< input channels that one step takes
};

/// Kernels whose last tile costs as much as a full one.
struct TiledKernels {
  ProductTile float32;
  ProductTile int8;
  double depthwise_channels = 1.0;
};

/// How a runtime turns layers into work.
struct CountingRules {
  std::vector<std::string> fused_activations;  ///< ops that cost little behind a convolution
  bool winograd = false;                       ///< 3x3 convolutions of stride 1 are transformed
  DType float_type = DType::Float32;           ///< in which it computes float graphs: Float32 or Float16
  bool as_int8 = false;                        ///< all data of the graph are int8, whatever the graph says
  /// Networks with more bytes of weights have them in a flash beside the chip; 0: there is none.
  double flash_on_chip = 0.0;
  std::optional<TiledKernels> tiled;  ///< work is counted in whole tiles, and far weights by the byte
};

/// The work of one kernel (kernels.h), with its node.
struct KernelTerms {
  ir::NodeId node;
  TermCounts counts;
};

/// The work of every kernel, in order (docs/cost-models.md, "Terms").
std::vector<KernelTerms> count_terms(const ir::Graph& graph, const CountingRules& rules);

/// Their sum.
TermCounts sum_terms(const std::vector<KernelTerms>& kernels);

}  // namespace netfit::cost
