// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "ir/graph.h"

namespace netfit::cost {

/// The types in which a runtime keeps the numbers of a graph, where they are not the graph's own.
struct Typing {
  /// All numbers that stand for reals have this type; for graphs of which only the structure is known.
  std::optional<DType> as_type;
  /// The runtime computes float32 graphs in float16.
  bool float32_as_float16 = false;
};

DType type_of(const ir::Value& value, const Typing& typing);

/// Bytes of the value's elements; of a constant also a scale for each channel of integers.
std::int64_t bytes_of(const ir::Value& value, const Typing& typing);

}  // namespace netfit::cost
