// SPDX-License-Identifier: Apache-2.0
#include "cost/energy_parts.h"

#include <algorithm>

#include <fmt/format.h>

namespace netfit::cost {
namespace {

EnergyPart part(std::string name, double mj, double factor, std::string note) {
  const Reading reading{Quantity::Energy, mj, mj / factor, mj * factor, base::Source::Analytic, std::move(note)};
  return {std::move(name), reading};
}

}  // namespace

std::vector<EnergyPart> split_energy(const Estimate& estimate, const device::Device& device) {
  const Reading* energy = estimate.find(Quantity::Energy);
  const Reading* latency = estimate.find(Quantity::Latency);
  if (energy == nullptr || latency == nullptr) return {};
  std::vector<EnergyPart> parts;
  double moved = 0.0;
  for (const LayerCost& layer : estimate.layers) {
    for (const LevelUse& level : layer.levels) {
      auto found = std::ranges::find(parts, level.level, &EnergyPart::name);
      if (found == parts.end()) {
        parts.push_back(part(level.level, 0.0, kEnergyPriceFactor, "bytes moved x price"));
        found = parts.end() - 1;
      }
      found->energy.value += level.energy_mj;
      found->energy.low += level.energy_mj / kEnergyPriceFactor;
      found->energy.high += level.energy_mj * kEnergyPriceFactor;
      moved += level.energy_mj;
    }
  }
  if (moved <= 0) return {};
  const double idle = device.power.idle_mw * latency->value / 1e3;
  const double rest = std::max(0.0, energy->value - idle - moved);
  EnergyPart compute = part("compute", rest, 1.0, "what remains");
  compute.energy.low = std::max(0.0, energy->low - idle * device.power.factor - moved * kEnergyPriceFactor);
  compute.energy.high = std::max(rest, energy->high - (idle / device.power.factor + moved / kEnergyPriceFactor));
  parts.insert(parts.begin(), std::move(compute));
  parts.push_back(part("idle", idle, device.power.factor, "idle power over the latency"));
  return parts;
}

}  // namespace netfit::cost
