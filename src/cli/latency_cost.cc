// SPDX-License-Identifier: Apache-2.0
#include "cli/latency_cost.h"

#include <fmt/format.h>

#include "calib/known_latency.h"
#include "cli/measured.h"
#include "cost/count_terms.h"
#include "cost/estimate.h"
#include "device/catalog.h"

namespace netfit::cli {

namespace {

// On a board that measurements know; no value where they don't.
Result<std::optional<ir::GraphCost>> board_latency(const Target& target, const Environment& environment) {
  const bool int8 = target.as_type == DType::Int8;
  const std::optional<KnownBoard> board =
      NETFIT_TRY(find_known_board({target.device, target.runtime, 1, int8}, "", environment));
  if (!board) return std::optional<ir::GraphCost>();
  for (const std::string& text : board->found.notes) note(environment, text);
  return std::optional(ir::GraphCost([board = *board](const ir::Graph& graph) {
    const cost::TermCounts counts = cost::sum_terms(cost::count_terms(graph, board.found.situation.rules()));
    return Result<double>(board.predictor().predict(counts, "").value);
  }));
}

}  // namespace

Result<ir::GraphCost> latency_cost(const Target& target, const Environment& environment) {
  if (auto latency = NETFIT_TRY(board_latency(target, environment))) return *std::move(latency);
  device::FoundDevice found = NETFIT_TRY(load_described_device(target.device, environment));
  for (const std::string& remark : found.notes) note(environment, remark);
  device::Runtime runtime = NETFIT_TRY(device::load_runtime(target.runtime, found.device, environment.device_roots));
  std::shared_ptr<const calib::Calibration> calibration = calibration_for(found.device, environment);
  return [device = std::move(found.device), runtime = std::move(runtime), calibration = std::move(calibration),
          as_type = target.as_type](const ir::Graph& graph) -> Result<double> {
    cost::EstimateOptions options{.as_type = as_type};
    if (calibration) options.latency = calib::known_latency(graph, device, runtime, 1, as_type, *calibration);
    const cost::Estimate estimate = NETFIT_TRY(cost::estimate(graph, device, runtime, options));
    if (const Reading* latency = estimate.find(Quantity::Latency)) return latency->value;
    std::string reason = "unknown";
    for (const auto& missing : estimate.unavailable) {
      if (missing.quantity == Quantity::Latency) reason = missing.reason;
    }
    return bad_input(fmt::format("latency on {} is unavailable: {}", device.name, reason));
  };
}

}  // namespace netfit::cli
