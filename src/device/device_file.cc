// SPDX-License-Identifier: Apache-2.0
#include "device/device_file.h"

#include <fmt/format.h>

#include "device/digest.h"
#include "device/names.h"
#include "device/read_hardware.h"

namespace netfit::device {
namespace {

// Ranges of what exists, from a microcontroller at 1 MHz to a server, with room on both sides. They catch slips of
// units and decimal points, not fine errors.
constexpr Range kClockMhz{1, 10'000};
constexpr Range kActiveMw{1e-3, 1e6};
constexpr Range kIdleMw{0, 1e6};
constexpr Range kFactor{1, 10};

void read_aliases(TableReader& root, Device& device) {
  if (!root.has("aliases")) return;
  for (std::string& alias : root.texts("aliases")) {
    if (!is_name(alias)) root.fault("aliases", fmt::format("has '{}', {}", alias, kNameRule));
    if (alias == device.name) root.fault("aliases", fmt::format("has '{}', the device's own name", alias));
    device.aliases.push_back(std::move(alias));
  }
}

void read_identity(TableReader& root, Device& device) {
  read_name(root, "name", device.name);
  assign(device.title, root.text("title"));
  read_name(root, "core", device.core);
  read_name(root, "isa", device.isa);
  assign(device.clock_mhz, root.quantity("clock", clock_units(), kClockMhz));
  assign(device.max_clock_mhz, root.quantity("max_clock", clock_units(), kClockMhz));
  if (device.max_clock_mhz > 0 && device.clock_mhz > device.max_clock_mhz) {
    root.fault("clock",
               fmt::format("is {:g} MHz, above 'max_clock' ({:g} MHz)", device.clock_mhz, device.max_clock_mhz));
  }
  assign(device.cores, root.integer("cores", kCount));
  read_name(root, "default_runtime", device.default_runtime);
  read_aliases(root, device);
  if (root.has("measured_as")) device.measured_as = root.texts("measured_as");
  if (root.has("remark")) assign(device.remark, root.text("remark"));
}

void read_power(TableReader reader, Power& power) {
  assign(power.scope, reader.text("scope"));
  assign(power.active_mw, reader.quantity("active", power_units(), kActiveMw));
  assign(power.per_further_core_mw, reader.quantity("per_further_core", power_units(), kIdleMw));
  assign(power.idle_mw, reader.quantity("idle", power_units(), kIdleMw));
  assign(power.factor, reader.number("factor", kFactor));
  const auto must_not_exceed_active = [&](std::string_view key, double milliwatts) {
    if (power.active_mw <= 0 || milliwatts <= power.active_mw) return;
    reader.fault(key, fmt::format("is {:g} mW, more than 'active' ({:g} mW)", milliwatts, power.active_mw));
  };
  must_not_exceed_active("idle", power.idle_mw);
  must_not_exceed_active("per_further_core", power.per_further_core_mw);
  reader.finish();
}

}  // namespace

Device read_device(const TomlNode& node, FileFaults& faults) {
  TableReader root(node, "", faults);
  Device device;
  read_identity(root, device);
  if (std::optional<TableReader> simd = root.table("simd")) read_simd(*std::move(simd), device.simd);
  read_memory(root, device);
  if (std::optional<TableReader> power = root.table("power")) read_power(*std::move(power), device.power);
  root.optional_keys({"aliases", "cache", "remark"});
  root.finish();
  device.hash = digest(device);
  return device;
}

Result<Device> parse_device(std::string_view text, const std::string& file) {
  const TomlNode root = NETFIT_TRY(parse_toml(text, file));
  FileFaults faults(file);
  Device device = read_device(root, faults);
  NETFIT_TRY(faults.result());
  return device;
}

Result<Device> at_clock(const Device& device, double clock_mhz) {
  if (!(clock_mhz > 0) || clock_mhz > device.max_clock_mhz) {
    return bad_usage(fmt::format("device '{}' does not run at {:g} MHz (allowed: above 0 and up to {:g} MHz)",
                                 device.name, clock_mhz, device.max_clock_mhz));
  }
  Device scaled = device;
  const double ratio = clock_mhz / device.clock_mhz;
  scaled.clock_mhz = clock_mhz;
  follow_clock(scaled.regions, clock_mhz);
  scaled.power.active_mw = device.power.idle_mw + (device.power.active_mw - device.power.idle_mw) * ratio;
  scaled.power.per_further_core_mw = device.power.per_further_core_mw * ratio;
  scaled.hash = digest(scaled);
  return scaled;
}

}  // namespace netfit::device
