// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "report/charts.h"
#include "report/draw.h"
#include "report/formats.h"
#include "report/text.h"

namespace netfit::report {

Result<std::string> write_svg(const Report& report, const WriteOptions& options) {
  const ChartKind* kind = NETFIT_TRY(find_chart(options.chart));
  if (report.devices.size() != 1) {
    std::vector<std::string> names;
    for (const DevicePart& part : report.devices) names.push_back(shown(part.device, 40));
    return bad_usage(
        fmt::format("a chart shows one device, and the runs are of {} (--device chooses)", base::join(names, ", ")));
  }
  const DevicePart& part = report.devices.front();
  Chart chart = kind->make(part);
  if (!chart.missing.empty()) {
    return bad_input(
        fmt::format("there is no chart '{}' of device '{}': {}", kind->name, shown(part.device, 40), chart.missing));
  }
  chart.title = fmt::format("{}, {}", chart.title, shown(part.device, 40));
  return draw(chart);
}

}  // namespace netfit::report
