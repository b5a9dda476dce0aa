// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "ir/graph.h"
#include "support/random_tensor.h"  // IWYU pragma: export

namespace netfit::support {

struct RandomGraphOptions {
  /// How many building blocks, of one to four nodes each, are chained and branched.
  int blocks = 10;
  /// Greatest height, width and number of channels of the input.
  std::int64_t extent = 8;
  /// ChannelsFirst: values lie as [n,c,h,w] in the graph, with transposes around each spatial op, as an ONNX file
  /// leaves them. Without a value the seed decides.
  std::optional<ir::Layout> layout;
};

/// A small valid float CNN of every float op: the same for the same seed, on every machine. Values have several
/// readers, there are several outputs, biases are absent at times; elements stay finite and of moderate size for inputs
/// in [-1, 1].
ir::Graph random_graph(std::uint64_t seed, const RandomGraphOptions& options = {});

}  // namespace netfit::support
