// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ir/graph.h"

// The ranges of activations (ir::Value::range) as a text of one line, for files whose format has no place for them.
namespace netfit::formats {

/// The metadata key under which files keep them.
inline constexpr std::string_view kRangesKey = "netfit.ranges";

/// {"x":[-1.0,2.5], ...}; empty if no value has a range. Floats are written so that they read back exactly.
std::string ranges_json(const ir::Graph& graph);

/// Gives the float activations of `graph` the ranges in `text`; other names are passed over, as another program may
/// have changed the network since. Fails, with the key as place, on malformed text.
Result<void> apply_ranges_json(ir::Graph& graph, std::string_view text);

}  // namespace netfit::formats
