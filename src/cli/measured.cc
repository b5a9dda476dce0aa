// SPDX-License-Identifier: Apache-2.0
#include "cli/measured.h"

#include "calib/board.h"
#include "calib/known_latency.h"
#include "cli/flags/costing.h"
#include "cli/measurements.h"
#include "device/catalog.h"

namespace netfit::cli {
std::shared_ptr<const calib::Calibration> calibration_for(const device::Device& device,
                                                          const Environment& environment) {
  if (device.measured_as.empty()) return nullptr;
  Result<calib::Calibration> calibration = load_calibration(environment);
  return calibration ? std::make_shared<const calib::Calibration>(*std::move(calibration)) : nullptr;
}

std::optional<Reading> measured_latency(const ir::Graph& graph, const device::Device& device,
                                        const device::Runtime& runtime, const cost::EstimateOptions& options,
                                        const Environment& environment) {
  const auto calibration = calibration_for(device, environment);
  if (calibration == nullptr) return std::nullopt;
  return calib::known_latency(graph, device, runtime, options.threads, options.as_type, *calibration);
}

Result<std::optional<MeasuredEstimate>> estimate_by_measurements(const MeasuredQuery& query, const Model& model,
                                                                 const Environment& environment) {
  if (device::load_device(query.device, environment.device_roots)) return std::optional<MeasuredEstimate>();
  const Result<calib::Calibration> calibration = load_calibration(environment, query.calibration);
  if (!calibration && !query.calibration.empty()) return fail(calibration.error());
  if (!calibration || !calib::names_board(*calibration, query.device)) return std::optional<MeasuredEstimate>();
  const bool int8 = query.as_type == "int8" || (query.as_type.empty() && calib::computes_in_int8(model.graph));
  const calib::FoundBoard found =
      NETFIT_TRY(calib::find_board(*calibration, {query.device, query.runtime, query.threads, int8}));
  const ir::Graph graph = NETFIT_TRY(deployed(model));
  const std::string id = model.format == "ncnn" ? "ncnn/" + model.name + ".param" : model.name;
  const calib::Predictor predictor(calibration->of(found.situation.population), found.situation);
  return std::optional(MeasuredEstimate{found.situation, found.notes, calib::estimate_on_board(graph, predictor, id)});
}

}  // namespace netfit::cli
