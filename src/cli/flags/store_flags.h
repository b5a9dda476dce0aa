// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/flags/config.h"
#include "device/device.h"
#include "select/option.h"
#include "store/store.h"

namespace CLI {
class App;
}

namespace netfit::cli {

/// --store.
void add_store_flag(CLI::App& app, std::string& store);

/// The flag's file, else the config's, else .netfit/runs.db beside the config or in the current folder.
std::filesystem::path store_path(const std::string& flag, const Config& config);

/// Where explore puts the files that it builds: beside the store.
std::filesystem::path files_folder(const std::filesystem::path& store);

/// The Runs that answer for one device, as options, and what was left out.
struct DeviceRuns {
  std::string device;
  std::optional<device::Device> described;  ///< as it is today, if it is known
  std::vector<select::Option> options;
  std::vector<store::Run> runs;  ///< in the order of `options`
};

/// What the store knows of `device` (a name, alias or file; empty: of the only device in it). Of several versions of
/// the description, of netfit or of the data only one counts, and the user is told: today's description, this version,
/// the data set with the most samples.
Result<DeviceRuns> load_device_runs(const std::filesystem::path& store, const std::string& device,
                                    const Environment& environment);

/// The devices that the store has Runs of, sorted.
Result<std::vector<std::string>> stored_devices(const std::filesystem::path& store);

}  // namespace netfit::cli
