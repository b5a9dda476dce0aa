// SPDX-License-Identifier: Apache-2.0
#include "calib/board_hardware.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "calib/printed_core.h"
#include "device/digest.h"
#include "device/read_hardware.h"

namespace netfit::calib {
namespace {

// Families of situation_of() and the descriptions that have their kernels.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kDescribed{{
    {"ncnn", "ncnn"},
    {"tflite", "tflite-xnnpack"},
    {"tflite-xnnpack", "tflite-xnnpack"},
    {"tflite-ruy", "tflite-ruy"},
    {"armnn", "armnn"},
    {"x-cube-ai", "x-cube-ai-10"},
}};

void add_sizes(const cost::Estimate& analytic, cost::Estimate& estimate) {
  estimate.weight_bytes = analytic.weight_bytes;
  estimate.arithmetic = analytic.arithmetic;
  estimate.plan = analytic.plan;
  estimate.readings.push_back(*analytic.find(Quantity::Params));
}

// Where measurements say nothing of them.
void add_memory(const cost::Estimate& analytic, cost::Estimate& estimate) {
  for (const Quantity quantity : {Quantity::PeakRam, Quantity::Flash}) {
    const auto missing = std::ranges::find(estimate.unavailable, quantity, &cost::Estimate::Missing::quantity);
    if (missing == estimate.unavailable.end()) continue;
    estimate.unavailable.erase(missing);
    estimate.readings.push_back(*analytic.find(quantity));
  }
}

}  // namespace

std::optional<device::Device> describe_board(const Situation& situation) {
  const device::Core* core = find_printed_core(situation.core);
  if (core == nullptr || situation.population == Population::Accelerator) return std::nullopt;
  device::Device device{.name = situation.board, .title = core->title, .core = core->name, .isa = core->isa};
  device.clock_mhz = device.max_clock_mhz = situation.clock_mhz;
  device.cores = std::max(situation.threads, 1);
  device.simd = core->simd;
  device.caches = core->caches;
  device.regions = core->regions;
  device::follow_clock(device.regions, device.clock_mhz);
  device.default_runtime = described_runtime(situation);
  device.measured_as = {situation.board};
  device.remark =
      fmt::format("caches and memory are those that boards with this core usually have (cores/{}.toml)", core->name);
  device.hash = device::digest(device);
  return device;
}

std::string described_runtime(const Situation& situation) {
  const auto* found = std::ranges::find(kDescribed, situation.family, &decltype(kDescribed)::value_type::first);
  return found == kDescribed.end() ? "" : std::string(found->second);
}

Result<void> add_structure(const ir::Graph& graph, const device::Device& device, const device::Runtime& runtime,
                           const cost::EstimateOptions& options, cost::Estimate& estimate) {
  cost::Estimate analytic = NETFIT_TRY(cost::estimate(graph, device, runtime, options));
  std::map<std::string_view, cost::LayerCost*> known;
  for (cost::LayerCost& layer : analytic.layers) known[layer.name] = &layer;
  for (cost::LayerCost& layer : estimate.layers) {
    const auto found = known.find(layer.name);
    if (found == known.end()) continue;
    layer.weight_bytes = found->second->weight_bytes;
    layer.activation_bytes = found->second->activation_bytes;
    layer.live_bytes = found->second->live_bytes;
    layer.lane_share = found->second->lane_share;
    layer.levels = std::move(found->second->levels);
  }
  add_sizes(analytic, estimate);
  if (!runtime.name.empty()) add_memory(analytic, estimate);
  return {};
}

}  // namespace netfit::calib
