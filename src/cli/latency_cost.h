// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "cli/environment.h"
#include "ir/graph_cost.h"

namespace netfit::cli {

/// A device and what runs on it, as flags name them.
struct Target {
  std::string device;
  std::string runtime;  ///< empty: the device's
  /// Costs graphs as if their numbers had this type.
  std::optional<DType> as_type = std::nullopt;
};

/// Estimated milliseconds on the device, as its runtime would run the graph; fails for a graph without one, and here if
/// there is no such device or runtime.
Result<ir::GraphCost> latency_cost(const Target& target, const Environment& environment);

}  // namespace netfit::cli
