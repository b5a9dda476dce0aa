// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cost/kernels.h"
#include "device/device.h"
#include "device/runtime.h"

namespace netfit::cost {

/// The terms of one kernel's time; they add up to it.
struct KernelTime {
  double compute_ms = 0.0;
  double memory_ms = 0.0;    ///< of what does not come from the nearest memory
  double overhead_ms = 0.0;  ///< of calling the kernel
  double total_ms() const { return compute_ms + memory_ms + overhead_ms; }
};

/// What the time of a kernel depends on beside itself.
struct LatencyContext {
  const device::Device& device;
  const device::Runtime& runtime;
  int threads = 1;
  const device::MemoryRegion* activations = nullptr;  ///< where they lie; nullptr: not said, and then free
  const device::MemoryRegion* weights = nullptr;
  std::int64_t weight_bytes = 0;  ///< of the whole network: what a cache would have to keep until the next inference
};

KernelTime time_kernel(const Kernel& kernel, const LatencyContext& context);

/// Why some kernel has no time: the figure that device or runtime lacks. No value if all have one.
std::optional<std::string> find_missing_figure(const std::vector<Kernel>& kernels, const device::Device& device,
                                               const device::Runtime& runtime);

/// Operations with the channels rounded up to whole vectors of the core.
double padded_operations(const Kernel& kernel, const device::Device& device);

/// What `threads` cores together read from a memory: some ask for more than one can, up to what it gives to all.
double bandwidth_gb_s(const device::MemoryRegion& region, int threads);

/// How many times as fast `threads` threads are, by Amdahl's law.
double speed_up(double parallel_share, int threads);

}  // namespace netfit::cost
