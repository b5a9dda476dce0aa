// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ir/graph.h"

namespace netfit::quant {

enum class ConstantRole : std::uint8_t { Weights, Bias, Other };

/// A constant that a node reads, as the graph stores it.
struct StoredConstant {
  std::string name;
  DType dtype = DType::Float32;
  std::int64_t elements = 0;
  ConstantRole role = ConstantRole::Other;
};

/// Each constant of the graph once, in the order of its first reader; one behind a requantize has the role of what that
/// gives.
std::vector<StoredConstant> stored_constants(const ir::Graph& graph);

/// Why `constant` is still float32 in a file of that scheme.
std::string_view why_float(const StoredConstant& constant, std::string_view scheme);

/// Numbers of the float graph `before` that are not zero and that half precision stores as zero in `after`, which
/// quantize_float16 made of it.
std::int64_t count_vanished(const ir::Graph& before, const ir::Graph& after);

}  // namespace netfit::quant
