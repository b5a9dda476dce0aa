// SPDX-License-Identifier: Apache-2.0
#include "report/charts.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::report {
namespace {

constexpr std::array kCharts{
    ChartKind{"accuracy-latency", "top-1 against latency, with the front", &accuracy_latency},
    ChartKind{"accuracy-flash", "top-1 against flash, with the front", &accuracy_flash},
    ChartKind{"accuracy-energy", "top-1 against energy, with the front", &accuracy_energy},
    ChartKind{"radar", "up to six candidates in all figures at once", &radar},
    ChartKind{"layers", "share of the latency by layer", &layer_times},
    ChartKind{"memory", "activations alive while each layer runs", &memory_over_time},
    ChartKind{"energy", "energy by operator", &energy_by_op},
};

}  // namespace

std::span<const ChartKind> chart_kinds() { return kCharts; }

Result<const ChartKind*> find_chart(std::string_view name) {
  const auto found = std::ranges::find(kCharts, name, &ChartKind::name);
  if (found != kCharts.end()) return &*found;
  std::vector<std::string> allowed;
  for (const ChartKind& kind : kCharts) allowed.emplace_back(kind.name);
  return bad_usage(
      fmt::format("'{}' is not a known chart (allowed: {})", base::printable(name), base::join(allowed, ", ")));
}

const Entry& featured(const DevicePart& part) {
  const select::Recommendation& answer = part.recommendation;
  const Entry* entry = nullptr;
  if (answer.choice) {
    entry = part.find(*answer.choice);
  } else if (answer.nearest) {
    entry = part.find(answer.nearest->option);
  }
  return entry == nullptr ? part.entries.front() : *entry;
}

}  // namespace netfit::report
