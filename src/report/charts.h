// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "report/chart.h"
#include "report/report.h"

namespace netfit::report {

/// A chart that can be asked for.
struct ChartKind {
  std::string_view name;
  std::string_view summary;
  Chart (*make)(const DevicePart& part);
};

/// In the order in which a page shows them.
std::span<const ChartKind> chart_kinds();

Result<const ChartKind*> find_chart(std::string_view name);

// The families, one file each.
Chart accuracy_latency(const DevicePart& part);
Chart accuracy_flash(const DevicePart& part);
Chart accuracy_energy(const DevicePart& part);
Chart radar(const DevicePart& part);
Chart layer_times(const DevicePart& part);
Chart memory_over_time(const DevicePart& part);
Chart energy_by_op(const DevicePart& part);

/// The entry whose layers are shown: the recommended one, or the nearest where nothing fits.
const Entry& featured(const DevicePart& part);

}  // namespace netfit::report
