// SPDX-License-Identifier: Apache-2.0
#include "cli/schemes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"
#include "ir/op_spec.h"

namespace netfit::cli {
namespace {

constexpr std::array kSchemes{
    Scheme{.name = "float32", .summary = "as it is", .explored = true},
    Scheme{.name = "float16", .summary = "weights in half precision", .explored = true},
    Scheme{.name = "int16x8", .summary = "16-bit data, int8 weights", .calibrated = true},
    Scheme{.name = "weight-only", .summary = "int8 weights, widened before float arithmetic"},
    Scheme{.name = "dynamic",
           .summary = "int8 weights under float data, quantized anew for each sample",
           .explored = true},
    Scheme{.name = "int8",
           .summary = "weights per channel, activations per tensor, integers throughout",
           .calibrated = true,
           .explored = true},
    Scheme{
        .name = "int8-per-tensor", .summary = "the same with one scale for all weights of a layer", .calibrated = true},
    Scheme{.name = "weight-only-int4", .summary = "int4 weights, widened before float arithmetic"},
    Scheme{.name = "int4", .summary = "int4 weights, int8 data", .calibrated = true},
};

}  // namespace

std::span<const Scheme> schemes() { return kSchemes; }

Result<const Scheme*> find_scheme(std::string_view name) {
  const auto found = std::ranges::find(kSchemes, name, &Scheme::name);
  if (found != kSchemes.end()) return &*found;
  std::vector<std::string> names;
  for (const Scheme& scheme : kSchemes) names.emplace_back(scheme.name);
  const std::optional<std::string> nearest = base::nearest_word(name, names);
  return bad_usage(fmt::format("unknown scheme '{}'{} (allowed: {})", base::printable(name),
                               nearest ? fmt::format(", did you mean '{}'?", *nearest) : "", base::join(names, ", ")));
}

std::optional<quant::PrecisionPlan> plan_of(const Scheme& scheme) {
  const std::optional<quant::Precision> precision = quant::find_precision(scheme.name);
  if (!precision) return std::nullopt;
  return quant::PrecisionPlan{.everywhere = *precision};
}

Result<ir::Graph> apply_scheme(const Scheme& scheme, const ir::Graph& graph, const std::optional<quant::Ranges>& ranges,
                               const quant::QuantizeOptions& options) {
  // As it came, whatever its constants are stored in.
  if (scheme.name == "float32") return graph;
  if (scheme.name == "float16") return quant::quantize_float16(graph);
  const std::optional<quant::PrecisionPlan> plan = plan_of(scheme);
  if (!plan) return quant::quantize_dynamic(graph);
  NETFIT_CHECK(!scheme.calibrated || ranges.has_value());
  return quant::quantize_layers(graph, ranges.value_or(quant::Ranges()), {.plan = *plan, .io = options.io});
}

std::vector<Departure> departures(const ir::Graph& graph, const quant::PrecisionPlan& plan) {
  std::vector<Departure> result;
  for (const quant::Substitution& found : quant::find_substitutions(graph, plan)) {
    result.push_back({describe(ir::NodeView(graph, graph.node(found.node))), std::string(quant::name(found.wanted)),
                      std::string(quant::name(found.used)), found.reason});
  }
  return result;
}

}  // namespace netfit::cli
