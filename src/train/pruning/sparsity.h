// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ir/graph.h"

/// Unstructured pruning: single weights of kernels and matrices become zero; the graph keeps its shapes.
namespace netfit::train {

/// The part of the weights that are zero.
double sparsity_of(const ir::Graph& graph);

/// `graph` (float32, with weights) with the part `sparsity` of its weights zero, to one weight: those of the smallest
/// magnitude, each in relation to the larger ones of its own layer, so that no layer is emptied before the others
/// (square over the sum of the squares that are not smaller: Lee et al., "Layer-adaptive sparsity for the
/// magnitude-based pruning", arXiv:2010.07611, section 3). Weights that are zero already stay so and are counted.
ir::Graph sparsified(const ir::Graph& graph, double sparsity);

/// `graph` with zeros where `pattern`, a graph of the same structure, has them.
ir::Graph with_zeros_of(ir::Graph graph, const ir::Graph& pattern);

/// Bytes that the weights take as int8 in a sparse encoding: one bit for each weight, one byte for each that is not
/// zero once it is rounded to its output channel's scale, and eight bytes for each channel's bias and scale. `dense`:
/// the same with a byte for each weight. Batch norms do not count.
struct SparseBytes {
  std::int64_t dense = 0;
  std::int64_t sparse = 0;
};
SparseBytes int8_bytes(const ir::Graph& graph);

}  // namespace netfit::train
