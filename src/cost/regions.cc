// SPDX-License-Identifier: Apache-2.0
#include "cost/regions.h"

#include <algorithm>

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

  bool has(MemoryKind kind) const {
    return std::ranges::any_of(device_.regions, [&](const auto& region) { return region.kind == kind; });
  }

  std::vector<RegionUse> take() { return std::move(regions_); }

 private:
  const device::Device& device_;
  std::vector<RegionUse> regions_;
};

}  // namespace

MemoryMap map_memory(const device::Device& device, const MemoryNeeds& needs) {
  Mapper mapper(device);
  const MemoryKind constants = mapper.has(MemoryKind::Flash) ? MemoryKind::Flash : MemoryKind::Ram;
  MemoryMap map;
  map.activations = mapper.place("arena", needs.arena_bytes, MemoryKind::Ram);
  mapper.place("runtime", needs.runtime_bytes, MemoryKind::Ram);
  map.weights = mapper.place("weights", needs.weight_bytes, constants);
  mapper.place("code", needs.code_bytes, constants);
  map.regions = mapper.take();
  return map;
}

}  // namespace netfit::cost
