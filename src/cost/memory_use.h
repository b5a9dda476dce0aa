// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cost/loop_nest.h"
#include "device/device.h"

namespace netfit::cost {

/// What a kernel asks of one level of the memory hierarchy, by the cache model; one core.
struct LevelUse {
  std::string level;       ///< "l1d", ...; the last ones are memories
  double bytes = 0.0;      ///< that it delivers or takes
  double hit_rate = 1.0;   ///< of a cache: share of the lines asked for that it has; memories have all
  double energy_mj = 0.0;  ///< 0 where the device file gives no price for a byte
  bool cache = true;
};

/// Of a kernel's arrays of one kind.
struct OperandState {
  const device::MemoryRegion* region = nullptr;  ///< where they lie
  /// Bytes that were touched since they last were: a cache of that size still has them.
  double age_bytes = 0.0;
};
struct OperandStates {
  OperandState inputs;
  OperandState weights;
  OperandState output;
};

/// Misses of the cache model against an exact simulation: 19 of 20 kernels are within this factor
/// (tests/integration/cache_model_test.cc).
inline constexpr double kMissFactor = 1.1;
/// Prices of a byte are from surveys of chips, not of the device at hand.
inline constexpr double kEnergyPriceFactor = 2.0;

/// Level by level, nearest first, then the memories that lines come from. Empty where a cache has no ways or an operand
/// no place.
std::vector<LevelUse> use_memory(const LoopNest& nest, const device::Device& device, const OperandStates& states);

}  // namespace netfit::cost
