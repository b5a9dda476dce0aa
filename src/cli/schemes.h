// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/quantize.h"

namespace netfit::cli {

/// What is quantized how: a row of the table that --schemes names.
struct Scheme {
  std::string_view name;
  bool calibrated = false;  ///< needs the ranges of activations
};

/// All of them, the most exact first.
std::span<const Scheme> schemes();
Result<const Scheme*> find_scheme(std::string_view name);

/// The graph (float, optimized) in that scheme; `ranges` for a calibrated one.
Result<ir::Graph> apply_scheme(const Scheme& scheme, const ir::Graph& graph, const std::optional<quant::Ranges>& ranges,
                               const quant::QuantizeOptions& options);

}  // namespace netfit::cli
