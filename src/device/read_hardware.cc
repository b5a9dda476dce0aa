// SPDX-License-Identifier: Apache-2.0
#include "device/read_hardware.h"

#include <bit>

#include <fmt/format.h>

#include "device/names.h"

namespace netfit::device {
namespace {

// Ranges of what exists, from a microcontroller at 1 MHz to a server, with room on both sides. They catch slips of
// units and decimal points, not fine errors.
constexpr Range kVectorBits{8, 65'536};
constexpr Range kMacsPerCycle{0.01, 65'536};
constexpr Range kCacheBytes{256, 1.1e9};
constexpr Range kLineBytes{4, 1024};
constexpr Range kBytesPerCycle{0.01, 4096};
constexpr Range kPicojoules{0.01, 1e5};
constexpr Range kRegionBytes{1024, 1e15};
constexpr Range kBandwidthGbS{1e-3, 1e5};

double gigabytes_per_second(double bytes_per_cycle, double clock_mhz) { return bytes_per_cycle * clock_mhz * 1e-3; }

template <typename Named>
void refuse_twin(TableReader& reader, const std::vector<Named>& before, const std::string& name) {
  for (const Named& other : before) {
    if (other.name == name) reader.fault("name", fmt::format("is '{}' a second time", name));
  }
}

// May be left out: then nobody says what a byte from there costs.
void read_energy(TableReader& reader, double& picojoules_per_byte) {
  constexpr std::string_view kKey = "picojoules_per_byte";
  if (reader.has(kKey)) assign(picojoules_per_byte, reader.number(kKey, kPicojoules));
}

void read_cache(TableReader reader, Device& device) {
  Cache cache;
  read_name(reader, "name", cache.name);
  refuse_twin(reader, device.caches, cache.name);
  assign(cache.bytes, reader.quantity("size", byte_units(), kCacheBytes));
  assign(cache.line_bytes, reader.quantity("line", byte_units(), kLineBytes));
  if (cache.line_bytes > 0 && !std::has_single_bit(static_cast<std::uint64_t>(cache.line_bytes))) {
    reader.fault("line", fmt::format("is {} bytes (allowed: a power of two)", cache.line_bytes));
  } else if (cache.line_bytes > 0 && cache.bytes % cache.line_bytes != 0) {
    reader.fault("size", fmt::format("is {} bytes, no multiple of 'line' ({} bytes)", cache.bytes, cache.line_bytes));
  }
  if (reader.has("ways")) assign(cache.ways, reader.integer("ways", kCount));
  if (cache.line_bytes > 0 && cache.ways > 0 && cache.bytes % (cache.line_bytes * cache.ways) != 0) {
    reader.fault("ways", fmt::format("is {}: 'size' ({} bytes) is no multiple of that many lines of {} bytes",
                                     cache.ways, cache.bytes, cache.line_bytes));
  }
  assign(cache.bytes_per_cycle, reader.number("bytes_per_cycle", kBytesPerCycle));
  read_energy(reader, cache.picojoules_per_byte);
  assign(cache.shared_by, reader.integer("shared_by", kCount));
  if (device.cores > 0 && cache.shared_by > device.cores) {
    reader.fault("shared_by", fmt::format("is {}, more than 'cores' ({})", cache.shared_by, device.cores));
  }
  if (!device.caches.empty() && cache.bytes > 0 && cache.bytes < device.caches.back().bytes) {
    reader.fault("size", fmt::format("is {} bytes, less than that of '{}' before it ({} bytes)", cache.bytes,
                                     device.caches.back().name, device.caches.back().bytes));
  }
  reader.finish();
  device.caches.push_back(std::move(cache));
}

void read_bandwidth(TableReader& reader, double clock_mhz, MemoryRegion& region) {
  if (reader.has("bytes_per_cycle") && reader.has("bandwidth")) {
    reader.fault("bytes_per_cycle", "stands beside 'bandwidth' (allowed: one of the two)");
  }
  if (reader.has("bytes_per_cycle")) {
    assign(region.bytes_per_cycle, reader.number("bytes_per_cycle", kBytesPerCycle));
    region.bandwidth_gb_s = gigabytes_per_second(region.bytes_per_cycle, clock_mhz);
    if (reader.has("bandwidth")) reader.quantity("bandwidth", bandwidth_units(), kBandwidthGbS);
  } else {
    assign(region.bandwidth_gb_s, reader.quantity("bandwidth", bandwidth_units(), kBandwidthGbS));
  }
  region.core_bandwidth_gb_s = region.bandwidth_gb_s;
  if (!reader.has("core_bandwidth")) return;
  assign(region.core_bandwidth_gb_s, reader.quantity("core_bandwidth", bandwidth_units(), kBandwidthGbS));
  if (region.bandwidth_gb_s > 0 && region.core_bandwidth_gb_s > region.bandwidth_gb_s) {
    reader.fault("core_bandwidth", fmt::format("is {:g} GB/s, more than 'bandwidth' ({:g} GB/s)",
                                               region.core_bandwidth_gb_s, region.bandwidth_gb_s));
  }
}

void read_region(TableReader reader, Device& device) {
  MemoryRegion region;
  read_name(reader, "name", region.name);
  refuse_twin(reader, device.regions, region.name);
  const std::optional<std::string> kind = reader.text("kind");
  if (kind && kind != "ram" && kind != "flash") {
    reader.fault("kind", fmt::format("is '{}' (allowed: ram, flash)", *kind));
  }
  region.kind = kind == "flash" ? MemoryKind::Flash : MemoryKind::Ram;
  assign(region.bytes, reader.quantity("size", byte_units(), kRegionBytes));
  read_bandwidth(reader, device.clock_mhz, region);
  read_energy(reader, region.picojoules_per_byte);
  if (reader.has("cached")) assign(region.cached, reader.flag("cached"));
  for (const MemoryRegion& before : device.regions) {
    if (before.kind != region.kind || !(before.bandwidth_gb_s > 0)) continue;
    if (region.bandwidth_gb_s <= before.bandwidth_gb_s) continue;
    reader.fault("name",
                 fmt::format("is '{}', which is faster ({:g} GB/s) than '{}' before it ({:g} GB/s); the fastest "
                             "comes first",
                             region.name, region.bandwidth_gb_s, before.name, before.bandwidth_gb_s));
    break;
  }
  reader.finish();
  device.regions.push_back(std::move(region));
}

}  // namespace

void follow_clock(std::vector<MemoryRegion>& regions, double clock_mhz) {
  for (MemoryRegion& region : regions) {
    if (!(region.bytes_per_cycle > 0)) continue;
    region.bandwidth_gb_s = gigabytes_per_second(region.bytes_per_cycle, clock_mhz);
    region.core_bandwidth_gb_s = region.bandwidth_gb_s;
  }
}

void read_name(TableReader& reader, std::string_view key, std::string& field) {
  assign(field, reader.text(key));
  if (!field.empty() && !is_name(field)) reader.fault(key, fmt::format("is '{}', {}", field, kNameRule));
}

void read_simd(TableReader simd, Simd& into) {
  assign(into.bits, simd.quantity("width", bit_units(), kVectorBits));
  if (std::optional<TableReader> peaks = simd.table("macs_per_cycle")) {
    for (const std::string& key : peaks->keys()) {
      const std::optional<DType> dtype = find_arithmetic(key);
      if (!dtype) {
        peaks->fault(key, fmt::format("is no type of arithmetic (allowed: {})", kArithmeticNames));
      } else if (const std::optional<double> macs = peaks->number(key, kMacsPerCycle)) {
        into.macs_per_cycle[*dtype] = *macs;
      }
    }
    if (peaks->keys().empty()) simd.fault("macs_per_cycle", "is empty");
    const auto float32 = into.macs_per_cycle.find(DType::Float32);
    const auto float16 = into.macs_per_cycle.find(DType::Float16);
    const bool both = float32 != into.macs_per_cycle.end() && float16 != into.macs_per_cycle.end();
    if (both && float16->second < float32->second) {
      peaks->fault("float16", fmt::format("is {:g}, below 'float32' ({:g})", float16->second, float32->second));
    }
  }
  simd.finish();
}

void read_memory(TableReader& root, Device& device) {
  if (root.has("cache")) {
    for (TableReader& cache : root.tables("cache")) read_cache(std::move(cache), device);
  }
  for (TableReader& region : root.tables("memory")) read_region(std::move(region), device);
  for (const auto& [kind, word] : {std::pair{MemoryKind::Ram, "ram"}, std::pair{MemoryKind::Flash, "flash"}}) {
    std::int64_t bytes = 0;
    for (const MemoryRegion& region : device.regions) bytes += region.kind == kind ? region.bytes : 0;
    if (bytes == 0 && root.has("memory")) root.fault("memory", fmt::format("has no region of kind '{}'", word));
    if (kind != MemoryKind::Ram || bytes == 0 || device.caches.empty()) continue;
    const Cache& last = device.caches.back();
    if (last.bytes > bytes) {
      root.fault("cache",
                 fmt::format("has '{}' with {} bytes, more than all RAM ({} bytes)", last.name, last.bytes, bytes));
    }
  }
}

}  // namespace netfit::device
