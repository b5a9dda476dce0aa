// SPDX-License-Identifier: Apache-2.0
#include "cost/regions.h"

namespace netfit::cost {
namespace {

using device::MemoryKind;

class Mapper {
 public:
  explicit Mapper(const device::Device& device) : device_(device) {
    for (const device::MemoryRegion& region : device.regions)
      regions_.push_back({region.name, region.bytes, 0, {}, true});
  }

  // Puts one thing into a region; nullptr if the device names none.
  const device::MemoryRegion* place(std::string_view what, std::int64_t bytes, MemoryKind kind) {
    std::size_t chosen = regions_.size();
    for (std::size_t i = 0; i < regions_.size(); ++i) {
      if (device_.regions[i].kind != kind) continue;
      if (regions_[i].used_bytes + bytes <= regions_[i].capacity_bytes) {
        chosen = i;
        break;
      }
      if (chosen == regions_.size() || regions_[i].capacity_bytes > regions_[chosen].capacity_bytes) chosen = i;
    }
    if (chosen == regions_.size()) return nullptr;
    RegionUse& use = regions_[chosen];
    use.used_bytes += bytes;
    use.holds.emplace_back(what);
    use.fits = use.used_bytes <= use.capacity_bytes;
    return &device_.regions[chosen];
  }

  std::vector<RegionUse> take() { return std::move(regions_); }

 private:
  const device::Device& device_;
  std::vector<RegionUse> regions_;
};

}  // namespace

bool reads_flash_in_place(const device::Device& device) {
  // "armv7e-m", "armv8-m.main": the profile stands behind the version.
  return device.isa.find("-m") != std::string::npos;
}

MemoryMap map_memory(const device::Device& device, const MemoryNeeds& needs) {
  Mapper mapper(device);
  MemoryMap map;
  map.activations = mapper.place("arena", needs.arena_bytes, MemoryKind::Ram);
  mapper.place("runtime", needs.runtime_bytes, MemoryKind::Ram);
  const device::MemoryRegion* loaded = nullptr;
  if (!reads_flash_in_place(device)) loaded = mapper.place("weights", needs.loaded_bytes, MemoryKind::Ram);
  const device::MemoryRegion* stored = mapper.place("weights", needs.weight_bytes, MemoryKind::Flash);
  mapper.place("code", needs.code_bytes, MemoryKind::Flash);
  map.weights = loaded != nullptr ? loaded : stored;
  map.regions = mapper.take();
  return map;
}

}  // namespace netfit::cost
