// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include <ATen/ATen.h>

#include "train/layout.h"

namespace netfit::train {

/// All numbers of a network in training, on one device. `trained` is what the optimizer changes, in float32; kernels
/// are computed with in `compute`, a copy in the type of the arithmetic (the same memory in float32).
class Parameters {
 public:
  /// Takes the values of the graph's constants.
  Parameters(const ir::Graph& graph, const Layout& layout, at::Device device, at::ScalarType arithmetic);

  /// A second set of the same numbers with memory of its own, for averages.
  Parameters clone() const;

  const Layout& layout() const { return *layout_; }
  at::Device device() const { return trained.device(); }
  at::ScalarType arithmetic() const { return compute.scalar_type(); }

  /// What a node reads for a constant of the graph: a leaf of the autograd graph, a statistic or a fixed tensor.
  const at::Tensor& value(ir::ValueId id) const { return values_[static_cast<std::size_t>(id.index)]; }
  /// What gradients are asked for, in the order of `trained`.
  const std::vector<at::Tensor>& leaves() const { return leaves_; }
  /// Low and high end of each activation's range, float32 [ranges, 2], a leaf; undefined if there are none.
  const at::Tensor& ranges() const { return ranges_; }
  /// The steps of all kernels whose steps are trained, float32 [steps], a leaf; undefined if there are none.
  const at::Tensor& steps() const { return steps_; }

  /// Brings the kernels that are computed with up to date with `trained`.
  void refresh() const;
  /// Gradients of the leaves as one float32 array in the order of `trained`.
  at::Tensor flatten(const std::vector<at::Tensor>& gradients) const;
  /// Writes the numbers into the graph, which then has its weights.
  void store(ir::Graph& graph) const;

  at::Tensor trained;     ///< float32 [weights + vectors + 2 ranges + steps]
  at::Tensor statistics;  ///< float32 [statistics]
  at::Tensor compute;     ///< [weights]

 private:
  Parameters() = default;
  void make_views();

  std::shared_ptr<const Layout> layout_;
  std::vector<at::Tensor> fixed_;  ///< by slot; empty tensors for the others
  std::vector<at::Tensor> values_;
  std::vector<at::Tensor> leaves_;
  std::size_t kernels_ = 0;  ///< the first of the leaves, in the type of the arithmetic
  at::Tensor ranges_;
  at::Tensor steps_;
};

/// A tensor of ours as one of torch's, copied.
at::Tensor to_torch(const Tensor& tensor, at::Device device);
/// A float32 tensor of torch's as one of ours.
Tensor from_torch(const at::Tensor& tensor);

}  // namespace netfit::train
