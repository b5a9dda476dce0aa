// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "device/device.h"
#include "device/runtime.h"

namespace netfit::device {

/// Where descriptions lie: folders that hold devices/*.toml and runtimes/*.toml, the user's before the shipped one.
using Roots = std::vector<std::filesystem::path>;

struct FoundDevice {
  Device device;
  /// What was chosen for an alias ("cortex-m7 is stm32h747"), and the device's remark; for the user, may be empty.
  std::vector<std::string> notes;
  std::filesystem::path file;
};

/// The device that "stm32h747", "stm32h747@400MHz", an alias or a path to a .toml means. The clock scales what depends
/// on it. An unknown name fails with the nearest ones, a clock with what is allowed.
Result<FoundDevice> load_device(std::string_view spec, const Roots& roots);

struct FoundRuntime {
  Runtime runtime;
  std::filesystem::path file;
};

/// A runtime by name or path, for whatever device. An unknown name fails with the nearest one.
Result<FoundRuntime> find_runtime(const std::string& name, const Roots& roots);

/// A runtime by name or path; an empty name means the device's default. Fails where it does not run on the device.
Result<Runtime> load_runtime(std::string_view name, const Device& device, const Roots& roots);

/// Names of all devices, sorted; a broken file does not hide the others.
std::vector<std::string> device_names(const Roots& roots);
std::vector<std::string> runtime_names(const Roots& roots);

/// Whether a .toml file describes a runtime rather than a device. Fails on what is no TOML.
Result<bool> is_runtime_file(const std::filesystem::path& path);

/// Every missing, contradictory or implausible figure of a description (of a device or of a runtime) at once, each with
/// line and column; `roots` tells which other names there are.
Result<void> check_description(const std::filesystem::path& path, const Roots& roots);

}  // namespace netfit::device
