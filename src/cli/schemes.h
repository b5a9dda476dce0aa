// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/precision.h"
#include "quant/quantize.h"

namespace netfit::cli {

/// What is quantized how: a row of the table that --scheme and --schemes name.
struct Scheme {
  std::string_view name;
  std::string_view summary;
  bool calibrated = false;  ///< needs the ranges of activations
  bool explored = false;    ///< explore makes it unless told which
};

/// All of them, the most exact first.
std::span<const Scheme> schemes();
Result<const Scheme*> find_scheme(std::string_view name);

/// What quantize_layers does to every layer; nothing for dynamic, which quantize_dynamic makes.
std::optional<quant::PrecisionPlan> plan_of(const Scheme& scheme);

/// The graph (float, optimized) in that scheme; `ranges` for a calibrated one.
Result<ir::Graph> apply_scheme(const Scheme& scheme, const ir::Graph& graph, const std::optional<quant::Ranges>& ranges,
                               const quant::QuantizeOptions& options);

/// A layer that is not what the scheme's name says, for an answer.
struct Departure {
  std::string layer;  ///< "conv2d 'stem'"
  std::string wanted;
  std::string used;  ///< "int8", "float32"
  std::string reason;
};
std::vector<Departure> departures(const ir::Graph& graph, const quant::PrecisionPlan& plan);

}  // namespace netfit::cli
