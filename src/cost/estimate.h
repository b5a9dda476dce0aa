// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/reading.h"
#include "base/result.h"
#include "cost/memory_plan.h"
#include "cost/memory_use.h"
#include "cost/regions.h"
#include "device/device.h"
#include "device/runtime.h"
#include "ir/graph.h"

namespace netfit::cost {

enum class Bound : std::uint8_t { Compute, Memory, Overhead };
std::string_view name(Bound bound);

/// One kernel of the runtime: a node with what the runtime fuses into it.
struct LayerCost {
  std::string name;
  std::string op;
  std::int64_t macs = 0;
  double latency_ms = 0.0;
  double compute_ms = 0.0;
  double memory_ms = 0.0;
  double overhead_ms = 0.0;  ///< with the two above it adds up to latency_ms
  double energy_mj = 0.0;
  Bound bound = Bound::Compute;
  double utilisation = 0.0;  ///< MACs per cycle over the core's peak, 0 to 1
  std::int64_t weight_bytes = 0;
  std::int64_t activation_bytes = 0;  ///< read and written
  std::int64_t live_bytes = 0;        ///< activations alive while it runs
  double lane_share = 1.0;            ///< lanes of the vectors that do work, of those there; 0 to 1
  std::vector<LevelUse> levels;       ///< caches, then memories; with EstimateOptions::memory_use, where it is known
};

/// A part of the energy of one inference.
struct EnergyPart {
  std::string name;  ///< "idle", "compute", or a level of the memory
  Reading energy;
};

struct EstimateOptions {
  int threads = 1;
  /// Costs the graph as if its activations and weights had this type (Float32, Float16 or Int8); for graphs of which
  /// only the structure is known.
  std::optional<tensor::DType> as_type;
  /// Also what each kernel asks of caches and memories, and where the energy goes; takes some milliseconds a kernel.
  bool memory_use = false;
  /// A prediction by measurements of this device and runtime: taken in place of the analytic one if its interval is
  /// narrower, and then the layers' times are scaled to add up to it.
  std::optional<Reading> latency;
};

/// Everything that is said of a graph on a device without running it. Readings are analytic predictions with 90 %
/// intervals, or exact counts.
struct Estimate {
  std::vector<Reading> readings;  ///< latency, peak RAM, arena, flash, energy, MACs, params
  struct Missing {
    Quantity quantity;
    std::string reason;
  };
  std::vector<Missing> unavailable;  ///< each with the reason
  std::int64_t weight_bytes = 0;
  DType arithmetic = DType::Float32;  ///< in which most of the MACs are
  MemoryPlan plan;
  std::vector<LayerCost> layers;
  std::vector<RegionUse> regions;
  std::vector<EnergyPart> energy_parts;  ///< with EstimateOptions::memory_use; they add up to the energy

  const Reading* find(Quantity quantity) const;
};

/// Pure; the formulae are in docs/cost-models.md. Fails only on options that the device does not allow; what cannot be
/// estimated is unavailable.
Result<Estimate> estimate(const ir::Graph& graph, const device::Device& device, const device::Runtime& runtime,
                          const EstimateOptions& options);

/// Everything that keeps the graph off the runtime, by node; empty if it runs.
std::vector<std::string> check_support(const ir::Graph& graph, const device::Runtime& runtime);

}  // namespace netfit::cost
