// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "base/result.h"
#include "ir/op_spec.h"
#include "train/layout.h"
#include "train/parameters.h"

namespace netfit::train {

enum class Phase : std::uint8_t { Training, Evaluation };

/// What a quantization-aware forward pass rounds, and who looks at the values on their way.
struct Rounding {
  QatScheme scheme = QatScheme::None;
  /// If defined, values are not rounded, and their least and greatest element are added to it: float32 [ranges, 2].
  at::Tensor observed;
};

/// How a forward pass runs.
struct Forward {
  Phase phase = Phase::Evaluation;
  /// The part of a batch's statistics in the running ones.
  double batch_norm_momentum = 0.1;
  /// Stochastic depth (Huang et al., arXiv:1603.09382): the chance that a sample skips the last residual branch; it
  /// rises linearly from the first one. Only in training.
  double drop_last_branch = 0;
  Rounding rounding = {};
};

/// A float graph with one image-like input and one output as a function that torch can differentiate. Tensors have the
/// graph's shapes and order (channels last) with as many samples as there are.
class Network {
 public:
  /// Fails with every node that cannot be trained, or if the graph is quantized already.
  static Result<Network> create(ir::Graph graph, QatScheme scheme = QatScheme::None);

  const ir::Graph& graph() const { return graph_; }
  const Layout& layout() const { return layout_; }

  /// Reals [n, ...] in the graph's input shape -> logits float32 [n, classes]; a softmax at the end is left off.
  at::Tensor logits(const Parameters& parameters, const at::Tensor& input, const Forward& forward) const;

 private:
  struct Step {
    ir::NodeId node;
    at::Tensor (*apply)(const ir::NodeView& node, const std::vector<at::Tensor>& inputs,
                        const Forward& forward) = nullptr;
    int branch = -1;  ///< the number of the residual branch that ends in this sum
    std::size_t branch_input = 0;
  };

  std::int64_t number_branches();
  at::Tensor constant(const Parameters& parameters, ir::ValueId id, const Rounding& rounding) const;
  at::Tensor rounded(const Parameters& parameters, ir::ValueId id, const at::Tensor& x, const Rounding& rounding) const;

  ir::Graph graph_;
  Layout layout_;
  std::vector<Step> steps_;
  ir::ValueId result_;
  std::int64_t branches_ = 0;
};

/// Random weights for a graph without: kernels normal with variance 2 / fan-out (He et al., arXiv:1502.01852), matrices
/// with deviation 0.01, batch norms neutral, biases 0. Equal seeds give equal weights.
void initialize(ir::Graph& graph, std::uint64_t seed);

}  // namespace netfit::train
