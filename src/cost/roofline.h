// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cost/estimate.h"

namespace netfit::cost {

/// One kernel under the roofline (Williams, Waterman and Patterson, CACM 2009).
struct RooflinePoint {
  std::string name;
  std::string op;
  std::int64_t macs = 0;
  std::int64_t bytes = 0;         ///< activations read and written, weights read
  double intensity = 0.0;         ///< MACs for each byte
  double attained_gmacs_s = 0.0;  ///< predicted: MACs over the kernel's predicted time
  double roof_gmacs_s = 0.0;      ///< what peak and memory allow at that intensity
  bool memory_bound = false;      ///< the memory's part of the roof is the lower one
};

/// Kernels with MACs against what the device can do at most.
struct Roofline {
  base::Source source = base::Source::Analytic;  ///< of the predicted times
  double peak_gmacs_s = 0.0;                     ///< of all threads, in the type that most MACs have
  double bandwidth_gb_s = 0.0;                   ///< of the memory that holds the activations, to these threads
  double ridge_intensity = 0.0;                  ///< from here on the peak limits: peak over bandwidth
  std::string memory;                            ///< the region's name
  std::vector<RooflinePoint> points;
};

/// The same of an estimate that is there already: `memory` is what activations come from when no cache holds them.
Roofline roofline_of(const Estimate& estimate, const device::Device& device, const device::MemoryRegion& memory,
                     int threads);

/// Pure. Fails where the estimate has no latency, with its reason, and where the device states no bandwidth.
Result<Roofline> roofline(const ir::Graph& graph, const device::Device& device, const device::Runtime& runtime,
                          const EstimateOptions& options);

}  // namespace netfit::cost
