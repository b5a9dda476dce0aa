// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "ir/graph.h"

namespace netfit::passes {

/// A channel that runs through several values, so that it can only be scaled, or removed, in all of them at once. They
/// are numbered from 0; a factor for each is a vector.
using Strand = std::size_t;

/// What is to be done with strands, which decides what joins channels and what pins them.
enum class StrandUse : std::uint8_t {
  /// Layers with constant weights end a strand: what comes in and what goes out have factors of their own, as the
  /// weights make up for both. An op that does not commute with a factor (sigmoid, softmax, ...), an input and an
  /// output
  /// of the graph pin their strands to the factor 1. A relu6 or relu_n1_to_1 pins nothing: whether a factor moves what
  /// it clips depends on the data. For optimized graphs.
  Scale,
  /// A strand runs through every op that computes channel by channel, depthwise layers, batch norms and sigmoids
  /// included; ordinary layers end it. Inputs, outputs and what mixes channels (softmax, grouped layers) pin.
  Remove,
};

/// Values that share strands: joined by ops which keep channels apart (additions, pooling, relu, ...).
struct ChannelGroup {
  std::vector<ir::ValueId> values;  ///< in graph order
  std::vector<Strand> strands;      ///< those that are free, ascending
};

/// Which channels of a float graph are one and the same.
class ChannelStrands {
 public:
  explicit ChannelStrands(const ir::Graph& graph, StrandUse use = StrandUse::Scale);

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

}  // namespace netfit::passes
