// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace netfit::quant {

/// A channel that runs through several values, so that it can only be scaled in all of them at once. They are numbered
/// from 0; a factor for each is a vector.
using Strand = std::size_t;

/// Values that share strands: joined by ops which keep channels apart (additions, pooling, relu, ...).
struct ChannelGroup {
  std::vector<ir::ValueId> values;  ///< in graph order
  std::vector<Strand> strands;      ///< those that are free, ascending
};

/// Which channels of a float, optimized graph are one and the same. Layers with constant weights end a strand: what
/// comes in and what goes out have factors of their own, as the weights make up for both. An op that does not commute
/// with a factor (sigmoid, softmax, ...), an input and an output of the graph pin their strands to the factor 1. A
/// relu6 or relu_n1_to_1 pins nothing: whether a factor moves what it clips depends on the data.
class ChannelStrands {
 public:
  explicit ChannelStrands(const ir::Graph& graph);

  std::size_t count() const { return pinned_.size(); }
  /// One for each channel along the last axis; empty for parameters of layers and for what is not float32.
  std::span<const Strand> of(ir::ValueId value) const;
  bool is_pinned(Strand strand) const { return pinned_[strand]; }
  /// Those with a free strand, in the order of their first values.
  const std::vector<ChannelGroup>& groups() const { return groups_; }

 private:
  void find_groups(const ir::Graph& graph);

  std::unordered_map<ir::ValueId, std::vector<Strand>> strands_;
  std::vector<bool> pinned_;
  std::vector<ChannelGroup> groups_;
};

/// Multiplies what each strand holds by its factor: in weights, biases and other constants of `graph`, of which
/// `strands` was made. Exact for powers of two, as long as nothing becomes a denormal.
void scale_strands(ir::Graph& graph, const ChannelStrands& strands, std::span<const double> factors);

}  // namespace netfit::quant
