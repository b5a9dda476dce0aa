// SPDX-License-Identifier: Apache-2.0
#include "cli/schemes.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"

namespace netfit::cli {
namespace {

constexpr std::array kSchemes{Scheme{"float32"}, Scheme{"float16"}, Scheme{"dynamic"},
                              Scheme{.name = "int8", .calibrated = true}};

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

Result<ir::Graph> apply_scheme(const Scheme& scheme, const ir::Graph& graph, const std::optional<quant::Ranges>& ranges,
                               const quant::QuantizeOptions& options) {
  if (scheme.name == "float32") return graph;
  if (scheme.name == "float16") return quant::quantize_float16(graph);
  if (scheme.name == "dynamic") return quant::quantize_dynamic(graph);
  NETFIT_CHECK(scheme.calibrated && ranges.has_value());
  return quant::quantize_int8(graph, *ranges, options);
}

}  // namespace netfit::cli
