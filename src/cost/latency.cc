// SPDX-License-Identifier: Apache-2.0
// The time of a kernel is a sum of three terms (docs/cost-models.md):
//
//   compute  = padded operations / (peak operations a cycle * efficiency * clock) / speed-up by threads
//   memory   = activations / bandwidth of the level that holds them + weights / bandwidth of the level that holds all
//              weights of the network
//   overhead = cycles of a call / clock
//
// The sum, not the larger of the two, because cores of this class wait for what they load at least in part, and because
// a sum never makes more work faster.
#include "cost/latency.h"

#include <algorithm>

#include <fmt/format.h>

namespace netfit::cost {
namespace {

using device::KernelClass;

// Kernels that spread the output channels over the lanes of a vector; the others spread something longer.
bool vectorizes_channels(KernelClass kind) {
  return kind == KernelClass::Conv || kind == KernelClass::Conv1x1 || kind == KernelClass::Stem ||
         kind == KernelClass::Depthwise || kind == KernelClass::Grouped;
}

const double* find_efficiency(const device::Runtime& runtime, const Kernel& kernel) {
  const auto by_type = runtime.efficiency.find(kernel.arithmetic);
  if (by_type == runtime.efficiency.end()) return nullptr;
  const auto figure = by_type->second.find(kernel.kind);
  return figure == by_type->second.end() || !(figure->second > 0) ? nullptr : &figure->second;
}

const double* find_peak(const device::Device& device, DType type) {
  const auto peak = device.simd.macs_per_cycle.find(type);
  return peak == device.simd.macs_per_cycle.end() || !(peak->second > 0) ? nullptr : &peak->second;
}

// Bytes a millisecond from the level of the hierarchy that keeps `working_set` bytes; 0 where it costs nothing beyond
// what the efficiency of the kernels tells already (the cache next to the core).
double bytes_per_ms(std::int64_t working_set, const device::MemoryRegion* region, const LatencyContext& context) {
  const std::vector<device::Cache>& caches = context.device.caches;
  const auto level =
      std::ranges::find_if(caches, [&](const device::Cache& cache) { return working_set <= cache.bytes; });
  if (level == caches.end()) return region == nullptr ? 0.0 : 1e6 * bandwidth_gb_s(*region, context.threads);
  if (level == caches.begin()) return 0.0;
  return level->bytes_per_cycle * context.device.clock_mhz * 1e3 *
         speed_up(context.runtime.parallel_share, context.threads);
}

double milliseconds(std::int64_t bytes, double rate) { return rate > 0 ? static_cast<double>(bytes) / rate : 0.0; }

}  // namespace

double bandwidth_gb_s(const device::MemoryRegion& region, int threads) {
  if (!(region.core_bandwidth_gb_s > 0)) return region.bandwidth_gb_s;
  return std::min(region.bandwidth_gb_s, region.core_bandwidth_gb_s * threads);
}

double speed_up(double parallel_share, int threads) {
  return 1.0 / ((1.0 - parallel_share) + parallel_share / static_cast<double>(threads));
}

double padded_operations(const Kernel& kernel, const device::Device& device) {
  const auto operations = static_cast<double>(kernel.operations);
  if (!vectorizes_channels(kernel.kind) || kernel.channels < 1) return operations;
  const std::int64_t lanes = std::max<std::int64_t>(1, device.simd.bits / tensor::bit_width(kernel.arithmetic));
  const std::int64_t padded = (kernel.channels + lanes - 1) / lanes * lanes;
  return operations * static_cast<double>(padded) / static_cast<double>(kernel.channels);
}

KernelTime time_kernel(const Kernel& kernel, const LatencyContext& context) {
  const double cycles_per_ms = context.device.clock_mhz * 1e3;
  const double rate =
      *find_peak(context.device, kernel.arithmetic) * *find_efficiency(context.runtime, kernel) * cycles_per_ms;
  KernelTime time;
  time.compute_ms =
      padded_operations(kernel, context.device) / rate / speed_up(context.runtime.parallel_share, context.threads);
  time.memory_ms =
      milliseconds(kernel.activation_bytes, bytes_per_ms(kernel.activation_bytes, context.activations, context)) +
      milliseconds(kernel.weight_bytes, bytes_per_ms(context.weight_bytes, context.weights, context));
  time.overhead_ms = context.runtime.layer_overhead_cycles / cycles_per_ms;
  return time;
}

std::optional<std::string> find_missing_figure(const std::vector<Kernel>& kernels, const device::Device& device,
                                               const device::Runtime& runtime) {
  for (const Kernel& kernel : kernels) {
    const std::string_view type = tensor::name(kernel.arithmetic);
    if (find_peak(device, kernel.arithmetic) == nullptr) {
      return fmt::format("device '{}' has no peak figure for {}", device.name, type);
    }
    if (find_efficiency(runtime, kernel) == nullptr) {
      return fmt::format("runtime '{}' has no efficiency figure for {} in {}", runtime.name, name(kernel.kind), type);
    }
  }
  return std::nullopt;
}

}  // namespace netfit::cost
