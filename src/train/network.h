// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <ATen/ATen.h>

#include "base/result.h"
#include "ir/op_spec.h"
#include "train/layout.h"
#include "train/parameters.h"

namespace netfit::train {

enum class Phase : std::uint8_t { Training, Evaluation };

/// Whether a batch norm that is folded in a quantization-aware pass still follows the batches.
enum class FoldedNorm : std::uint8_t { Batch, Frozen };

/// What a quantization-aware forward pass rounds, and who looks at the values on their way.
struct Rounding {
  QatScheme scheme = QatScheme::None;
  FoldedNorm norm = FoldedNorm::Batch;
  /// If given, nothing is rounded: it sees every value that an integer network would round.
  std::function<void(ir::ValueId, const at::Tensor&)> watch;
  /// If defined, float32 [ranges, 2]: its rows grow to hold the least and greatest element before rounding.
  at::Tensor ends;
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

/// What a forward pass gives.
struct Outputs {
  at::Tensor logits;                 ///< float32 [n, classes]; a softmax at the end is left off
  std::vector<at::Tensor> features;  ///< of the values that were asked for, in their order
};

/// A float graph with one image-like input and one output as a function that torch can differentiate. Tensors have the
/// graph's shapes and order (channels last) with as many samples as there are.
class Network {
 public:
  /// Fails with every node that cannot be trained, or if the graph is quantized already. With a scheme, the graph is
  /// as optimize_but_batch_norm leaves it, and its batch norms are folded in each forward pass.
  static Result<Network> create(ir::Graph graph, const QatRecipe& qat = {});

  const ir::Graph& graph() const { return graph_; }
  const Layout& layout() const { return layout_; }

  /// `input`: reals [n, ...] in the graph's input shape.
  Outputs run(const Parameters& parameters, const at::Tensor& input, const Forward& forward,
              std::span<const ir::ValueId> features = {}) const;
  at::Tensor logits(const Parameters& parameters, const at::Tensor& input, const Forward& forward) const {
    return run(parameters, input, forward).logits;
  }

  /// The kernels as a quantization-aware pass rounds them, with the running statistics folded into them, and where in
  /// the layout each lies.
  struct FoldedKernel {
    const Slot& slot;
    at::Tensor kernel;
    at::Tensor factor;  ///< what folding multiplied each output channel with; undefined without a batch norm
  };
  std::vector<FoldedKernel> folded_kernels(const Parameters& parameters) const;

 private:
  struct Step {
    ir::NodeId node;
    at::Tensor (*apply)(const ir::NodeView& node, const std::vector<at::Tensor>& inputs,
                        const Forward& forward) = nullptr;
    int branch = -1;  ///< the number of the residual branch that ends in this sum
    std::size_t branch_input = 0;
    ir::NodeId norm;  ///< a batch norm that is folded into this layer; its result is the step's
  };

  ir::ValueId result_of(const Step& step) const;
  std::int64_t number_branches();
  void fold_batch_norms();
  at::Tensor constant(const Parameters& parameters, ir::ValueId id, const Rounding& rounding) const;
  at::Tensor rounded_kernel(const Parameters& parameters, ir::ValueId id, const at::Tensor& kernel,
                            const Rounding& rounding) const;
  at::Tensor rounded(const Parameters& parameters, ir::ValueId id, const at::Tensor& x, const Rounding& rounding) const;
  at::Tensor folded(const Parameters& parameters, const Step& step, const at::Tensor& data,
                    const Forward& forward) const;

  ir::Graph graph_;
  Layout layout_;
  std::vector<Step> steps_;
  std::vector<int> kernels_;  ///< by value, the place of its slot; -1 for what is no kernel
  ir::ValueId result_;
  std::int64_t branches_ = 0;
};

}  // namespace netfit::train
