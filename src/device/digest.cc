// SPDX-License-Identifier: Apache-2.0
#include "device/digest.h"

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

namespace netfit::device {
namespace {

// Collects the figures as text. Strings carry their length and lists their count, so that no two descriptions write the
// same text; numbers are printed so that they read back the same.
class Content {
 public:
  explicit Content(std::string_view kind) : text_(kind) {}

  void add(std::string_view field) { text_ += fmt::format("{}:{};", field.size(), field); }
  template <typename Number>
  void number(Number value) {
    text_ += fmt::format("{};", value);
  }
  void add(const std::vector<std::string>& fields) {
    number(fields.size());
    for (const std::string& field : fields) add(field);
  }

  std::string digest() const {
    const XXH128_hash_t hash = XXH3_128bits(text_.data(), text_.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
  }

 private:
  std::string text_;
};

void add_memory(const Device& device, Content& content) {
  content.number(device.caches.size());
  for (const Cache& cache : device.caches) {
    content.add(cache.name);
    content.number(cache.bytes);
    content.number(cache.line_bytes);
    content.number(cache.ways);
    content.number(cache.bytes_per_cycle);
    content.number(cache.shared_by);
    content.number(cache.picojoules_per_byte);
  }
  content.number(device.regions.size());
  for (const MemoryRegion& region : device.regions) {
    content.add(region.name);
    content.number(static_cast<int>(region.kind));
    content.number(region.bytes);
    content.number(region.bandwidth_gb_s);
    content.number(region.core_bandwidth_gb_s);
    content.number(region.bytes_per_cycle);
    content.number(region.picojoules_per_byte);
    content.number(region.cached ? 1 : 0);
  }
}

}  // namespace

std::string digest(const Device& device) {
  Content content("netfit device 1;");
  content.add(device.core);
  content.add(device.isa);
  content.number(device.clock_mhz);
  content.number(device.cores);
  content.number(device.simd.bits);
  content.number(device.simd.macs_per_cycle.size());
  for (const auto& [dtype, macs] : device.simd.macs_per_cycle) {
    content.add(tensor::name(dtype));
    content.number(macs);
  }
  add_memory(device, content);
  content.add(device.power.scope);
  content.number(device.power.active_mw);
  content.number(device.power.per_further_core_mw);
  content.number(device.power.idle_mw);
  content.number(device.power.factor);
  content.add(device.measured_as);
  return content.digest();
}

std::string digest(const Runtime& runtime) {
  Content content("netfit runtime 1;");
  content.add(runtime.version);
  content.add(runtime.isas);
  content.number(runtime.arithmetic.size());
  for (const DType dtype : runtime.arithmetic) content.add(tensor::name(dtype));
  for (const bool flag :
       {runtime.float16_weights, runtime.dynamic_range, runtime.float32_as_float16, runtime.in_place}) {
    content.number(flag);
  }
  content.add(runtime.fused_activations);
  for (const auto& [dtype, shares] : runtime.efficiency) {
    content.add(tensor::name(dtype));
    content.number(shares.size());
    for (const auto& [kernel, share] : shares) {
      content.add(name(kernel));
      content.number(share);
    }
  }
  content.number(runtime.layer_overhead_cycles);
  for (const std::int64_t bytes :
       {runtime.code_bytes, runtime.code_bytes_per_layer, runtime.ram_bytes, runtime.ram_bytes_per_layer}) {
    content.number(bytes);
  }
  content.number(runtime.code_bytes_per_channel);
  content.number(runtime.parallel_share);
  return content.digest();
}

}  // namespace netfit::device
