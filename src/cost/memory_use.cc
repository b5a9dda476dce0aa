// SPDX-License-Identifier: Apache-2.0
#include "cost/memory_use.h"

#include <algorithm>

#include "cost/cache_model.h"

namespace netfit::cost {
namespace {

constexpr double kPicojoulesPerMillijoule = 1e9;

const OperandState& state_of(const Operand& operand, const OperandStates& states) {
  if (operand.writes) return states.output;
  return operand.name == "weights" ? states.weights : states.inputs;
}

double requested_bytes(const LoopNest& nest, const Operand& operand) {
  return static_cast<double>(operand.width) * static_cast<double>(nest.iterations(operand));
}

class MemoryUse {
 public:
  MemoryUse(const LoopNest& nest, const device::Device& device, const OperandStates& states)
      : nest_(nest), device_(device), states_(states), cached_{.trips = nest.trips, .operands = {}} {}

  std::vector<LevelUse> run() {
    for (const Operand& operand : nest_.operands) {
      const bool cached = !device_.caches.empty() && state_of(operand, states_).region->cached;
      if (cached) {
        cached_.operands.push_back(operand);
      } else {
        add_to_memory(operand, requested_bytes(nest_, operand));
      }
    }
    if (!cached_.operands.empty()) add_caches();
    for (LevelUse& memory : memories_) levels_.push_back(std::move(memory));
    return std::move(levels_);
  }

 private:
  // Lines that an operand fetches through a cache, and bytes that so move behind it.
  struct Fetched {
    double lines = 0.0;
    double bytes = 0.0;
  };

  // What is touched for the first time may be there from before; a result that stays there does not go back either.
  Fetched fetched(const Operand& operand, const CacheTraffic& traffic, const device::Cache& cache) const {
    const bool kept = state_of(operand, states_).age_bytes <= static_cast<double>(cache.bytes);
    const double lines = traffic.misses - (kept ? traffic.first : 0.0);
    return {lines, (operand.writes ? 2.0 : 1.0) * lines * static_cast<double>(cache.line_bytes)};
  }

  void add_caches() {
    double asked_lines = -1.0;
    double asked_bytes = 0.0;
    for (const Operand& operand : cached_.operands) asked_bytes += requested_bytes(nest_, operand);
    for (const device::Cache& cache : device_.caches) {
      const std::vector<CacheTraffic> traffic = predict_traffic(cached_, cache);
      const bool last = &cache == &device_.caches.back();
      double accesses = 0.0;
      Fetched all;
      for (std::size_t i = 0; i < traffic.size(); ++i) {
        const Operand& operand = cached_.operands[i];
        const Fetched one = fetched(operand, traffic[i], cache);
        accesses += traffic[i].accesses;
        all.lines += one.lines;
        all.bytes += one.bytes;
        if (last) add_to_memory(operand, one.bytes);
      }
      const double lines = asked_lines < 0 ? accesses : asked_lines;
      levels_.push_back({.level = cache.name,
                         .bytes = asked_bytes,
                         .hit_rate = lines > 0 ? std::clamp(1.0 - all.lines / lines, 0.0, 1.0) : 1.0,
                         .energy_mj = asked_bytes * cache.picojoules_per_byte / kPicojoulesPerMillijoule});
      asked_lines = all.lines;
      asked_bytes = all.bytes;
    }
  }

  void add_to_memory(const Operand& operand, double bytes) {
    const device::MemoryRegion& region = *state_of(operand, states_).region;
    auto level = std::ranges::find(memories_, region.name, &LevelUse::level);
    if (level == memories_.end()) {
      memories_.push_back({.level = region.name, .cache = false});
      level = memories_.end() - 1;
    }
    level->bytes += bytes;
    level->energy_mj += bytes * region.picojoules_per_byte / kPicojoulesPerMillijoule;
  }

  const LoopNest& nest_;
  const device::Device& device_;
  const OperandStates& states_;
  LoopNest cached_;  // the operands that go through the caches
  std::vector<LevelUse> levels_;
  std::vector<LevelUse> memories_;
};

}  // namespace

std::vector<LevelUse> use_memory(const LoopNest& nest, const device::Device& device, const OperandStates& states) {
  const auto unknown = [](const device::Cache& cache) { return cache.ways == 0; };
  if (std::ranges::any_of(device.caches, unknown)) return {};
  for (const OperandState* state : {&states.inputs, &states.weights, &states.output}) {
    if (state->region == nullptr) return {};
  }
  return MemoryUse(nest, device, states).run();
}

}  // namespace netfit::cost
