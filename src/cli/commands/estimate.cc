// SPDX-License-Identifier: Apache-2.0
#include "cost/estimate.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/estimate_text.h"
#include "cli/answers/memory_text.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/flags/costing.h"
#include "cli/flags/flags.h"
#include "cli/measured.h"
#include "cli/model.h"
#include "device/catalog.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  CostingFlags costing;
  std::string calibration;
  bool explain = false;
  bool json = false;
};

Json reading_json(const Reading& reading) {
  Json json{
      {"value", reading.value}, {"low", reading.low}, {"high", reading.high}, {"source", base::name(reading.source)}};
  if (!reading.note.empty()) json["note"] = reading.note;
  return json;
}

// The reading, or null: then "unavailable" has the reason.
Json reading_json(const cost::Estimate& estimate, Quantity quantity) {
  const Reading* reading = estimate.find(quantity);
  return reading == nullptr ? Json(nullptr) : reading_json(*reading);
}

Json count_json(const cost::Estimate& estimate, Quantity quantity) {
  const Reading* reading = estimate.find(quantity);
  if (reading == nullptr) return nullptr;
  // Far beyond what is exact, a count of a hostile graph does not fit into 64 bits.
  return static_cast<std::int64_t>(std::min(reading->value, 0x1p62));
}

Json layer_json(const cost::LayerCost& layer) {
  return {{"name", layer.name},
          {"op", layer.op},
          {"macs", layer.macs},
          {"latency_ms", layer.latency_ms},
          {"bound", cost::name(layer.bound)},
          {"compute_ms", layer.compute_ms},
          {"memory_ms", layer.memory_ms},
          {"overhead_ms", layer.overhead_ms},
          {"energy_mj", layer.energy_mj},
          {"utilisation", layer.utilisation},
          {"weight_bytes", layer.weight_bytes},
          {"lane_share", layer.lane_share},
          {"live_bytes", layer.live_bytes}};
}

Json answer_json(const Estimated& answer, bool explained) {
  const cost::Estimate& estimate = answer.estimate;
  Json json{{"model", answer.model},
            {"device", answer.device.name},
            {"clock_mhz", answer.device.clock_mhz},
            {"runtime", answer.runtime.name},
            {"runtime_version", answer.runtime.version},
            {"threads", answer.threads},
            {"latency_ms", reading_json(estimate, Quantity::Latency)},
            {"peak_ram_bytes", reading_json(estimate, Quantity::PeakRam)},
            {"arena_bytes", estimate.plan.arena_bytes},
            {"arena_lower_bound_bytes", estimate.plan.lower_bound_bytes},
            {"flash_bytes", reading_json(estimate, Quantity::Flash)},
            {"weight_bytes", estimate.weight_bytes},
            {"energy_mj", reading_json(estimate, Quantity::Energy)},
            {"macs", count_json(estimate, Quantity::Macs)},
            {"params", count_json(estimate, Quantity::Params)},
            {"layers", Json::array()},
            {"regions", Json::array()},
            {"unavailable", Json::array()},
            {"notes", answer.notes}};
  for (const cost::LayerCost& layer : estimate.layers) {
    json["layers"].push_back(layer_json(layer));
    if (explained) json["layers"].back()["levels"] = levels_json(layer);
  }
  if (explained) json["energy_parts"] = energy_parts_json(estimate);
  for (const cost::RegionUse& region : estimate.regions) {
    json["regions"].push_back({{"region", region.region},
                               {"capacity_bytes", region.capacity_bytes},
                               {"used_bytes", region.used_bytes},
                               {"holds", region.holds},
                               {"fits", region.fits}});
  }
  for (const cost::Estimate::Missing& missing : estimate.unavailable) {
    json["unavailable"].push_back({{"quantity", base::name(missing.quantity)}, {"reason", missing.reason}});
  }
  return json;
}

// A device that is known by measurements alone.
Result<std::optional<Estimated>> measured_answer(const Options& options, const Model& model,
                                                 const Environment& environment) {
  const CostingFlags& costing = options.costing;
  std::optional<MeasuredEstimate> found = NETFIT_TRY(estimate_by_measurements(
      {costing.device, costing.runtime, costing.threads, costing.as_type, options.calibration, options.explain}, model,
      environment));
  if (!found) return std::optional<Estimated>();
  Estimated answer{.model = model.name, .threads = costing.threads, .notes = std::move(found->notes)};
  answer.device = std::move(found->device);
  answer.runtime = std::move(found->runtime);
  answer.estimate = std::move(found->estimate);
  answer.fitted = true;
  return std::optional(std::move(answer));
}

void print_answer(const Estimated& answer, const Options& options, const Environment& environment) {
  if (options.json) {
    print_json(answer_json(answer, options.explain), environment);
  } else {
    print_estimate(answer, options.explain ? Detail::Layers : Detail::Totals, environment);
  }
}

Result<void> run_estimate(const Options& options, const Environment& environment) {
  const Model model = NETFIT_TRY(load_structure(options.costing.model, environment));
  if (const std::optional<Estimated> answer = NETFIT_TRY(measured_answer(options, model, environment))) {
    print_answer(*answer, options, environment);
    return {};
  }
  const device::FoundDevice found = NETFIT_TRY(load_described_device(options.costing.device, environment));
  const device::Runtime runtime =
      NETFIT_TRY(device::load_runtime(options.costing.runtime, found.device, environment.device_roots));
  const ir::Graph graph = NETFIT_TRY(deployed(model));
  cost::EstimateOptions costing = options.costing.options();
  costing.memory_use = options.explain;
  costing.latency = measured_latency(graph, found.device, runtime, costing, environment);
  cost::Estimate estimate = NETFIT_TRY(cost::estimate(graph, found.device, runtime, costing));
  const Estimated answer{model.name, found.device, runtime, options.costing.threads, found.notes, std::move(estimate)};
  print_answer(answer, options, environment);
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_costing_flags(app, options->costing,
                    "a device by name, alias or .toml file, with @CLOCK at another\n"
                    "clock; or a board of the tables of measurements");
  app.add_option("--calibration", options->calibration, "what a device deviates by, as netfit calibrate wrote it")
      ->type_name("CSV");
  app.add_flag("--explain", options->explain, "each layer: bound, lanes, caches, bandwidth, energy; the formulae");
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_estimate(*options, environment); };
}

}  // namespace

constinit const Command kEstimate{"estimate", "latency, memory and energy of a model on a device, with intervals",
                                  &set_up};

}  // namespace netfit::cli
