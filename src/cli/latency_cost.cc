// SPDX-License-Identifier: Apache-2.0
#include "cli/latency_cost.h"

#include <fmt/format.h>

#include "cost/estimate.h"
#include "device/catalog.h"

namespace netfit::cli {

Result<ir::GraphCost> latency_cost(const Target& target, const Environment& environment) {
  device::FoundDevice found = NETFIT_TRY(device::load_device(target.device, environment.device_roots));
  for (const std::string& remark : found.notes) note(environment, remark);
  device::Runtime runtime = NETFIT_TRY(device::load_runtime(target.runtime, found.device, environment.device_roots));
  return [device = std::move(found.device), runtime = std::move(runtime),
          as_type = target.as_type](const ir::Graph& graph) -> Result<double> {
    const cost::Estimate estimate = NETFIT_TRY(cost::estimate(graph, device, runtime, {.as_type = as_type}));
    if (const Reading* latency = estimate.find(Quantity::Latency)) return latency->value;
    std::string reason = "unknown";
    for (const auto& missing : estimate.unavailable) {
      if (missing.quantity == Quantity::Latency) reason = missing.reason;
    }
    return bad_input(fmt::format("latency on {} is unavailable: {}", device.name, reason));
  };
}

}  // namespace netfit::cli
