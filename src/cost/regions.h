// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "device/device.h"

namespace netfit::cost {

/// What lies in one region of the device, and what does not fit.
struct RegionUse {
  std::string region;
  std::int64_t capacity_bytes = 0;
  std::int64_t used_bytes = 0;
  std::vector<std::string> holds;  ///< "arena", "weights", "code", "runtime"
  bool fits = true;
};

struct MemoryNeeds {
  std::int64_t arena_bytes = 0;
  std::int64_t runtime_bytes = 0;
  std::int64_t weight_bytes = 0;
  std::int64_t code_bytes = 0;
  std::int64_t loaded_bytes = 0;  ///< of the weights, where they are loaded into RAM
};

/// Whether programs read constants where flash keeps them. M-profile cores, which have no virtual memory, do; the
/// others load them into RAM first.
bool reads_flash_in_place(const device::Device& device);

/// Where things lie: each in the fastest region of its kind that has room for all of it, in the order of MemoryNeeds;
/// in the largest one where none has. Weights lie in flash, and in RAM as well where they are loaded.
struct MemoryMap {
  std::vector<RegionUse> regions;  ///< as the device lists them
  const device::MemoryRegion* activations = nullptr;
  const device::MemoryRegion* weights = nullptr;  ///< where kernels read them
};
MemoryMap map_memory(const device::Device& device, const MemoryNeeds& needs);

}  // namespace netfit::cost
