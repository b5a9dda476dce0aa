// SPDX-License-Identifier: Apache-2.0
#include "device/core.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "device/embedded_cores.h"
#include "device/names.h"
#include "device/read_hardware.h"

namespace netfit::device {
namespace {

Core read_core(const TomlNode& node, FileFaults& faults) {
  TableReader root(node, "", faults);
  Core core;
  read_name(root, "name", core.name);
  assign(core.title, root.text("title"));
  read_name(root, "isa", core.isa);
  if (root.has("aliases")) core.aliases = root.texts("aliases");
  assign(core.out_of_order, root.flag("out_of_order"));
  assign(core.dot_product, root.flag("dot_product"));
  if (std::optional<TableReader> simd = root.table("simd")) read_simd(*std::move(simd), core.simd);
  Device memory{.cores = static_cast<int>(kCount.high)};
  read_memory(root, memory);
  core.caches = std::move(memory.caches);
  core.regions = std::move(memory.regions);
  if (!core.simd.macs_per_cycle.contains(DType::Float32) && !core.simd.macs_per_cycle.contains(DType::Int8)) {
    root.fault("simd", "has neither 'float32' nor 'int8'");
  }
  root.optional_keys({"aliases", "cache"});
  root.finish();
  return core;
}

std::vector<Core> read_embedded_cores() {
  std::vector<Core> cores;
  for (const EmbeddedFile& file : embedded_cores()) {
    Result<Core> core = parse_core(file.text, std::string(file.name));
    if (!core) {  // a fault of the build, which the first test finds
      std::fputs((core.error().text() + "\n").c_str(), stderr);
      std::abort();
    }
    cores.push_back(*std::move(core));
  }
  std::ranges::sort(cores, {}, &Core::name);
  return cores;
}

}  // namespace

double Core::peak_macs() const {
  const auto float32 = simd.macs_per_cycle.find(DType::Float32);
  return float32 != simd.macs_per_cycle.end() ? float32->second : simd.macs_per_cycle.at(DType::Int8);
}

const std::vector<Core>& cores() {
  static const std::vector<Core> kCores = read_embedded_cores();
  return kCores;
}

const Core* find_core(std::string_view name) {
  const std::vector<Core>& all = cores();
  const auto core = std::ranges::lower_bound(all, name, {}, &Core::name);
  if (core != all.end() && core->name == name) return &*core;
  const auto kin = std::ranges::find_if(
      all, [&](const Core& other) { return std::ranges::find(other.aliases, name) != other.aliases.end(); });
  return kin == all.end() ? nullptr : &*kin;
}

Result<Core> parse_core(std::string_view text, const std::string& file) {
  const TomlNode root = NETFIT_TRY(parse_toml(text, file));
  FileFaults faults(file);
  Core core = read_core(root, faults);
  NETFIT_TRY(faults.result());
  return core;
}

}  // namespace netfit::device
