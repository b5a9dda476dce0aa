// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/describe_device.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/table.h"
#include "device/names.h"

namespace netfit::cli {
namespace {

using device::MemoryKind;
using Json = nlohmann::ordered_json;

std::string_view kind_text(MemoryKind kind) { return kind == MemoryKind::Ram ? "ram" : "flash"; }

std::string line(std::string_view title, const std::string& text) { return fmt::format("{:<16} {}\n", title, text); }

std::string list(const std::vector<std::string>& names) { return names.empty() ? "none" : base::join(names, ", "); }

std::string peaks_text(const device::Simd& simd) {
  std::vector<std::string> peaks;
  for (const auto& [dtype, macs] : simd.macs_per_cycle) {
    peaks.push_back(fmt::format("{} {:g}", device::arithmetic_name(dtype), macs));
  }
  return fmt::format("{} bit; MACs a cycle and core: {}", simd.bits, base::join(peaks, ", "));
}

std::string power_text(const device::Power& power) {
  return fmt::format("{:g} mW busy, {:g} mW for each further core, {:g} mW idle; all within a factor of {:g}",
                     power.active_mw, power.per_further_core_mw, power.idle_mw, power.factor);
}

std::string memory_table(const device::Device& device) {
  Table table({{"memory"},
               {"kind"},
               {"size", Align::Right},
               {"read, GB/s", Align::Right},
               {"one core", Align::Right},
               {"note"}});
  for (const device::Cache& cache : device.caches) {
    const double rate = cache.bytes_per_cycle * device.clock_mhz * 1e-3;
    const std::string shared = cache.shared_by > 1 ? fmt::format(", shared by {} cores", cache.shared_by) : "";
    table.add({cache.name, "cache", size_text(cache.bytes), "", fmt::format("{:.4g}", rate),
               fmt::format("lines of {} bytes{}", cache.line_bytes, shared)});
  }
  for (const device::MemoryRegion& region : device.regions) {
    table.add({region.name, std::string(kind_text(region.kind)), size_text(region.bytes),
               fmt::format("{:.4g}", region.bandwidth_gb_s), fmt::format("{:.4g}", region.core_bandwidth_gb_s),
               region.bytes_per_cycle > 0 ? "follows the clock" : ""});
  }
  return table.text();
}

std::vector<std::string> abilities(const device::Runtime& runtime) {
  std::vector<std::string> abilities;
  if (runtime.float16_weights) abilities.emplace_back("float16 weights");
  if (runtime.dynamic_range) abilities.emplace_back("dynamic range");
  if (runtime.float32_as_float16) abilities.emplace_back("float32 networks in float16");
  if (runtime.in_place) abilities.emplace_back("elementwise ops in place");
  return abilities;
}

std::vector<std::string> arithmetic_names(const device::Runtime& runtime) {
  std::vector<std::string> names;
  for (const DType dtype : runtime.arithmetic) names.emplace_back(device::arithmetic_name(dtype));
  return names;
}

std::string efficiency_table(const device::Runtime& runtime) {
  std::vector<Column> columns{{"kernel"}};
  for (const auto& [dtype, shares] : runtime.efficiency) {
    columns.push_back({std::string(device::arithmetic_name(dtype)), Align::Right});
  }
  Table table(std::move(columns));
  for (const device::KernelClass kernel : device::kernel_classes()) {
    std::vector<std::string> row{std::string(device::name(kernel))};
    for (const auto& [dtype, shares] : runtime.efficiency) {
      const auto share = shares.find(kernel);
      row.push_back(share == shares.end() ? "-" : fmt::format("{:g}", share->second));
    }
    table.add(std::move(row));
  }
  return table.text();
}

Json caches_json(const device::Device& device) {
  Json caches = Json::array();
  for (const device::Cache& cache : device.caches) {
    caches.push_back({{"name", cache.name},
                      {"bytes", cache.bytes},
                      {"line_bytes", cache.line_bytes},
                      {"bytes_per_cycle", cache.bytes_per_cycle},
                      {"shared_by", cache.shared_by}});
  }
  return caches;
}

Json regions_json(const device::Device& device) {
  Json regions = Json::array();
  for (const device::MemoryRegion& region : device.regions) {
    regions.push_back({{"name", region.name},
                       {"kind", kind_text(region.kind)},
                       {"bytes", region.bytes},
                       {"bandwidth_gb_s", region.bandwidth_gb_s},
                       {"core_bandwidth_gb_s", region.core_bandwidth_gb_s},
                       {"follows_clock", region.bytes_per_cycle > 0}});
  }
  return regions;
}

Json power_json(const device::Power& power) {
  return {{"scope", power.scope},
          {"active_mw", power.active_mw},
          {"per_further_core_mw", power.per_further_core_mw},
          {"idle_mw", power.idle_mw},
          {"factor", power.factor}};
}

}  // namespace

std::string size_text(std::int64_t bytes) {
  constexpr std::array kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (size >= 1024.0 && unit + 1 < kUnits.size()) {
    size /= 1024.0;
    ++unit;
  }
  return fmt::format("{:.4g} {}", size, kUnits[unit]);
}

std::int64_t total_bytes(const device::Device& device, MemoryKind kind) {
  std::int64_t bytes = 0;
  for (const device::MemoryRegion& region : device.regions) bytes += region.kind == kind ? region.bytes : 0;
  return bytes;
}

Json summary_json(const device::FoundDevice& found) {
  const device::Device& device = found.device;
  return {{"name", device.name},
          {"title", device.title},
          {"core", device.core},
          {"isa", device.isa},
          {"clock_mhz", device.clock_mhz},
          {"max_clock_mhz", device.max_clock_mhz},
          {"cores", device.cores},
          {"ram_bytes", total_bytes(device, MemoryKind::Ram)},
          {"flash_bytes", total_bytes(device, MemoryKind::Flash)},
          {"default_runtime", device.default_runtime},
          {"aliases", device.aliases},
          {"remark", device.remark},
          {"file", found.file.string()}};
}

std::string describe(const device::FoundDevice& found) {
  const device::Device& device = found.device;
  std::string text = fmt::format("{}: {}\n", device.name, device.title);
  text += line("cores", fmt::format("{} {} ({}) at {:g} MHz, up to {:g} MHz", device.cores, device.core, device.isa,
                                    device.clock_mhz, device.max_clock_mhz));
  text += line("SIMD", peaks_text(device.simd));
  if (!device.default_runtime.empty()) text += line("default runtime", device.default_runtime);
  text += line("aliases", list(device.aliases));
  if (device.power.active_mw > 0) {
    text += line("power", power_text(device.power));
    text += line("power of", device.power.scope);
  }
  text += line("sources", fmt::format("beside each figure in {}", base::printable(found.file.string())));
  return text + "\n" + memory_table(device);
}

Json describe_json(const device::FoundDevice& found) {
  const device::Device& device = found.device;
  Json answer = summary_json(found);
  Json peaks = Json::object();
  for (const auto& [dtype, macs] : device.simd.macs_per_cycle)
    peaks[std::string(device::arithmetic_name(dtype))] = macs;
  answer["simd"] = {{"bits", device.simd.bits}, {"macs_per_cycle", std::move(peaks)}};
  answer["caches"] = caches_json(device);
  answer["memory"] = regions_json(device);
  answer["power"] = power_json(device.power);
  answer["hash"] = device.hash;
  return answer;
}

std::string describe(const device::FoundRuntime& found) {
  const device::Runtime& runtime = found.runtime;
  std::string text = fmt::format("{}: {} {}\n", runtime.name, runtime.title, runtime.version);
  text += line("runs on", list(runtime.isas));
  text += line("computes in", list(arithmetic_names(runtime)));
  text += line("and can", list(abilities(runtime)));
  text += line("fuses", list(runtime.fused_activations));
  text += line("flash", fmt::format("{} + {} a layer + {:g} bytes an output channel", size_text(runtime.code_bytes),
                                    size_text(runtime.code_bytes_per_layer), runtime.code_bytes_per_channel));
  text += line("RAM", fmt::format("{} + {} a layer, beside the activations", size_text(runtime.ram_bytes),
                                  size_text(runtime.ram_bytes_per_layer)));
  text += line("time", fmt::format("{:g} cycles a layer; {:g} % of the work runs on all threads",
                                   runtime.layer_overhead_cycles, 100.0 * runtime.parallel_share));
  text += line("sources", fmt::format("beside each figure in {}", base::printable(found.file.string())));
  return text + "\nShare of the core's peak that a kernel reaches with near data:\n" + efficiency_table(runtime);
}

Json describe_json(const device::FoundRuntime& found) {
  const device::Runtime& runtime = found.runtime;
  Json answer{{"name", runtime.name},
              {"title", runtime.title},
              {"version", runtime.version},
              {"isas", runtime.isas},
              {"arithmetic", arithmetic_names(runtime)},
              {"float16_weights", runtime.float16_weights},
              {"dynamic_range", runtime.dynamic_range},
              {"float32_as_float16", runtime.float32_as_float16},
              {"in_place", runtime.in_place},
              {"fused_activations", runtime.fused_activations},
              {"parallel_share", runtime.parallel_share},
              {"layer_overhead_cycles", runtime.layer_overhead_cycles},
              {"code_bytes", runtime.code_bytes},
              {"code_bytes_per_layer", runtime.code_bytes_per_layer},
              {"code_bytes_per_channel", runtime.code_bytes_per_channel},
              {"ram_bytes", runtime.ram_bytes},
              {"ram_bytes_per_layer", runtime.ram_bytes_per_layer},
              {"efficiency", Json::object()}};
  for (const auto& [dtype, shares] : runtime.efficiency) {
    Json& row = answer["efficiency"][std::string(device::arithmetic_name(dtype))] = Json::object();
    for (const auto& [kernel, share] : shares) row[std::string(device::name(kernel))] = share;
  }
  answer["file"] = found.file.string();
  answer["hash"] = runtime.hash;
  return answer;
}

}  // namespace netfit::cli
