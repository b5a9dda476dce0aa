// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/store_flags.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/measured.h"
#include "cli/version.h"
#include "device/catalog.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

std::vector<std::string> devices_of(const std::vector<store::Run>& runs) {
  std::set<std::string> names;
  for (const store::Run& run : runs) names.insert(run.device.name);
  return {names.begin(), names.end()};
}

base::Failure unknown_device(const std::string& device, const fs::path& store, const std::vector<std::string>& stored) {
  const std::optional<std::string> nearest = base::nearest_word(device, stored);
  return bad_usage(fmt::format(
      "{} has no Run of device '{}'{} (it has: {})", base::printable(store.string()), base::printable(device, 80),
      nearest ? fmt::format(", did you mean '{}'?", *nearest) : "", base::printable(base::join(stored, ", "))));
}

struct Chosen {
  std::string name;
  std::optional<device::Device> described;  // as it is today, if it is known
};

// A name in the store wins over what the catalog knows, so that a store from elsewhere can be asked too.
Result<Chosen> choose_device(const std::string& device, const std::vector<std::string>& stored, const fs::path& store,
                             const Environment& environment) {
  if (device.empty() && stored.size() > 1) {
    return bad_usage(fmt::format("--device is missing (the store has: {})", base::printable(base::join(stored, ", "))));
  }
  const std::string wanted = device.empty() ? stored.front() : device;
  const bool is_stored = std::ranges::count(stored, wanted) > 0;
  Result<device::FoundDevice> found = device::load_device(wanted, environment.device_roots);
  if (!found) {
    if (is_stored) return Chosen{wanted, std::nullopt};
    // A faulty file or clock is told as it is; for a plain name it matters what the store has.
    const bool plain = wanted.find_first_of("@/") == std::string::npos && !wanted.ends_with(".toml");
    return plain ? unknown_device(wanted, store, stored) : fail(found.error());
  }
  for (const std::string& remark : found->notes) note(environment, remark);
  const std::string& name = found->device.name;
  if (std::ranges::count(stored, name) == 0) return unknown_device(name, store, stored);
  return Chosen{name, std::move(found->device)};
}

// Keeps the Runs that `good` holds for, if there are any, and says what was left out, or that there are none.
template <typename Good>
void prefer(std::vector<store::Run>& runs, const Good& good, const std::string& others,
            const Environment& environment) {
  const auto kept = std::ranges::count_if(runs, good);
  const auto dropped = std::ssize(runs) - kept;
  if (kept == 0 && dropped > 0)
    note(environment, fmt::format("all Runs are of {}, and used so; netfit explore makes new ones", others));
  if (kept == 0 || dropped == 0) return;
  std::erase_if(runs, [&](const store::Run& run) { return !good(run); });
  note(environment, fmt::format("{} Runs of {} are left out", dropped, others));
}

void keep_comparable(std::vector<store::Run>& runs, const Chosen& device, const Environment& environment) {
  if (device.described) {
    const store::DeviceRef today = device_ref(*device.described, environment);
    prefer(
        runs, [&](const store::Run& run) { return run.device.hash == today.hash; },
        "another description, clock or calibration of the device", environment);
  }
  prefer(
      runs, [](const store::Run& run) { return run.tool_version == kVersion; }, "other versions of netfit",
      environment);
  const auto most = std::ranges::max_element(
      runs, [](const store::Run& a, const store::Run& b) { return a.data.count < b.data.count; });
  if (most == runs.end()) return;
  const store::DataRef data = most->data;
  prefer(
      runs, [&](const store::Run& run) { return run.data == data; },
      fmt::format("other data than {} samples of {}", data.count, base::printable(data.name)), environment);
}

}  // namespace

void add_store_flag(CLI::App& app, std::string& store) {
  app.add_option("--store", store, "where the Runs are kept (default: .netfit/runs.db beside netfit.toml)")
      ->type_name("FILE");
}

fs::path store_path(const std::string& flag, const Config& config) {
  if (!flag.empty()) return flag;
  if (!config.store.empty()) return config.store;
  return config.file.parent_path() / ".netfit" / "runs.db";
}

fs::path files_folder(const fs::path& store) { return store.parent_path() / "files"; }

Result<DeviceRuns> load_device_runs(const fs::path& store, const std::string& device, const Environment& environment) {
  const auto opened = NETFIT_TRY(store::open_store(store, {.access = store::Access::Read}));
  std::vector<store::Run> runs = NETFIT_TRY(opened->all());
  if (runs.empty())
    return fail(Error(ErrorKind::BadInput, "has no Runs; netfit explore makes some").at(store.string()));
  const Chosen chosen = NETFIT_TRY(choose_device(device, devices_of(runs), store, environment));
  std::erase_if(runs, [&](const store::Run& run) { return run.device.name != chosen.name; });
  keep_comparable(runs, chosen, environment);
  // The store's order follows keys, which depend on calibrations.
  std::ranges::stable_sort(runs, {},
                           [](const store::Run& run) { return std::tie(run.candidate.model, run.candidate.scheme); });
  return DeviceRuns{chosen.name, chosen.described, select::options_of(runs), std::move(runs)};
}

Result<std::vector<std::string>> stored_devices(const fs::path& store) {
  const auto opened = NETFIT_TRY(store::open_store(store, {.access = store::Access::Read}));
  const std::vector<store::Run> runs = NETFIT_TRY(opened->all());
  return devices_of(runs);
}

}  // namespace netfit::cli
