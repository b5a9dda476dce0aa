// SPDX-License-Identifier: Apache-2.0
#include "cost/roofline.h"

#include <algorithm>

#include <fmt/format.h>

#include "cost/latency.h"

namespace netfit::cost {
namespace {

// The memory that activations come from when no cache holds them.
const device::MemoryRegion* find_memory(const Estimate& estimate, const device::Device& device) {
  for (const RegionUse& use : estimate.regions) {
    if (std::ranges::find(use.holds, "arena") == use.holds.end()) continue;
    const auto region = std::ranges::find(device.regions, use.region, &device::MemoryRegion::name);
    return region == device.regions.end() ? nullptr : &*region;
  }
  return nullptr;
}

RooflinePoint point_of(const LayerCost& layer, const Roofline& roof) {
  RooflinePoint point{.name = layer.name, .op = layer.op, .macs = layer.macs};
  point.bytes = layer.activation_bytes + layer.weight_bytes;
  point.intensity = static_cast<double>(layer.macs) / static_cast<double>(std::max<std::int64_t>(point.bytes, 1));
  point.attained_gmacs_s = layer.latency_ms > 0 ? static_cast<double>(layer.macs) / (layer.latency_ms * 1e6) : 0.0;
  point.memory_bound = point.intensity < roof.ridge_intensity;
  point.roof_gmacs_s = std::min(roof.peak_gmacs_s, point.intensity * roof.bandwidth_gb_s);
  return point;
}

}  // namespace

Result<Roofline> roofline(const ir::Graph& graph, const device::Device& device, const device::Runtime& runtime,
                          const EstimateOptions& options) {
  const Estimate costs = NETFIT_TRY(estimate(graph, device, runtime, options));
  for (const Estimate::Missing& missing : costs.unavailable) {
    if (missing.quantity == Quantity::Latency) return bad_input("no latency: " + missing.reason);
  }
  const device::MemoryRegion* memory = find_memory(costs, device);
  if (memory == nullptr || !(bandwidth_gb_s(*memory, options.threads) > 0)) {
    return bad_input(
        fmt::format("device '{}' states no bandwidth of the memory that holds the activations", device.name));
  }
  return roofline_of(costs, device, *memory, options.threads);
}

Roofline roofline_of(const Estimate& estimate, const device::Device& device, const device::MemoryRegion& memory,
                     int threads) {
  Roofline roof{.source = estimate.find(Quantity::Latency)->source};
  roof.bandwidth_gb_s = bandwidth_gb_s(memory, threads);
  roof.memory = memory.name;
  const double peak = device.simd.macs_per_cycle.at(estimate.arithmetic);
  roof.peak_gmacs_s = peak * device.clock_mhz * 1e-3 * threads;
  roof.ridge_intensity = roof.peak_gmacs_s / roof.bandwidth_gb_s;
  for (const LayerCost& layer : estimate.layers) {
    if (layer.macs > 0) roof.points.push_back(point_of(layer, roof));
  }
  return roof;
}

}  // namespace netfit::cost
