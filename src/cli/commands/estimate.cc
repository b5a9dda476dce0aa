// SPDX-License-Identifier: Apache-2.0
#include "cost/estimate.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "calib/board.h"
#include "cli/answers/estimate_text.h"
#include "cli/answers/memory_text.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/flags/costing.h"
#include "cli/flags/flags.h"
#include "cli/measurements.h"
#include "cli/model.h"
#include "device/catalog.h"
#include "ir/op_spec.h"

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

bool computes_in_int8(const ir::Graph& graph) {
  return std::ranges::any_of(graph.order(), [&](ir::NodeId id) {
    const ir::NodeView node(graph, graph.node(id));
    return node.op().macs != nullptr && node.has_input(1) && node.input(1).dtype == DType::Int8;
  });
}

// A device that is known by measurements alone: latency by the fitted coefficients.
Result<std::optional<Estimated>> estimate_by_measurements(const Options& options, const Model& model,
                                                          const Environment& environment) {
  if (device::load_device(options.costing.device, environment.device_roots)) return std::optional<Estimated>();
  const Result<calib::Calibration> calibration = load_calibration(environment, options.calibration);
  if (!calibration && !options.calibration.empty()) return fail(calibration.error());
  if (!calibration || !calib::names_board(*calibration, options.costing.device)) return std::optional<Estimated>();
  const bool int8 =
      options.costing.as_type == "int8" || (options.costing.as_type.empty() && computes_in_int8(model.graph));
  calib::FoundBoard found = NETFIT_TRY(calib::find_board(
      *calibration, {options.costing.device, options.costing.runtime, options.costing.threads, int8}));
  const ir::Graph graph = NETFIT_TRY(deployed(model));
  Estimated answer{.model = model.name, .threads = options.costing.threads, .notes = found.notes};
  answer.device.name = found.situation.board;
  answer.device.title = "known by measurements";
  answer.device.core = found.situation.core;
  answer.device.clock_mhz = found.situation.clock_mhz;
  answer.runtime.name = answer.runtime.title = found.situation.runtime;
  const std::string id = model.format == "ncnn" ? "ncnn/" + model.name + ".param" : model.name;
  answer.estimate = calib::estimate_on_board(graph, {calibration->of(found.situation.population), found.situation}, id);
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
  if (const std::optional<Estimated> answer = NETFIT_TRY(estimate_by_measurements(options, model, environment))) {
    print_answer(*answer, options, environment);
    return {};
  }
  const device::FoundDevice found = NETFIT_TRY(device::load_device(options.costing.device, environment.device_roots));
  const device::Runtime runtime =
      NETFIT_TRY(device::load_runtime(options.costing.runtime, found.device, environment.device_roots));
  const ir::Graph graph = NETFIT_TRY(deployed(model));
  cost::EstimateOptions costing = options.costing.options();
  costing.memory_use = options.explain;
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
