// SPDX-License-Identifier: Apache-2.0
#include "device/catalog.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "device/description_files.h"
#include "device/device_file.h"
#include "device/names.h"
#include "device/runtime_file.h"
#include "device/units.h"

namespace netfit::device {
namespace fs = std::filesystem;
namespace {

using Files = std::map<std::string, fs::path>;

std::vector<std::string> names_of(const Files& files) {
  std::vector<std::string> names;
  for (const auto& [name, path] : files) names.push_back(name);
  return names;
}

// A name that means nothing, beside what would.
base::Failure unknown(std::string_view kind, std::string_view given, const std::vector<std::string>& names,
                      const std::vector<std::string>& aliases) {
  std::vector<std::string> words = names;
  words.insert(words.end(), aliases.begin(), aliases.end());
  const std::optional<std::string> nearest = base::nearest_word(given, words);
  return bad_usage(fmt::format("{} '{}' is not known{} (known: {}, or a .toml file)", kind, base::printable(given, 80),
                               nearest ? fmt::format(", did you mean '{}'?", *nearest) : "",
                               names.empty() ? "none" : base::join(names, ", ")));
}

struct Spec {
  std::string name;
  std::optional<double> clock_mhz;
};

Result<Spec> split_clock(std::string_view spec) {
  const std::size_t at = spec.rfind('@');
  if (at == std::string_view::npos || is_path(spec)) return Spec{std::string(spec), std::nullopt};
  const Result<double> clock = parse_quantity(spec.substr(at + 1), clock_units());
  if (!clock) {
    return bad_usage(fmt::format("the clock in device '{}': {}", base::printable(spec, 80), clock.error().what()));
  }
  return Spec{std::string(spec.substr(0, at)), *clock};
}

Result<Device> read_device_file(const fs::path& path) {
  const std::string text = NETFIT_TRY(read_description(path));
  return parse_device(text, path.string());
}

Result<Runtime> read_runtime_file(const fs::path& path) {
  const std::string text = NETFIT_TRY(read_description(path));
  return parse_runtime(text, path.string());
}

// The device that calls itself `alias`; files that cannot be read are passed over.
struct ByAlias {
  std::optional<FoundDevice> found;
  std::vector<std::string> aliases;  ///< all that were seen
};

ByAlias find_by_alias(const std::string& alias, const Files& files) {
  ByAlias search;
  for (const auto& [name, path] : files) {
    Result<Device> device = read_device_file(path);
    if (!device) continue;
    search.aliases.insert(search.aliases.end(), device->aliases.begin(), device->aliases.end());
    if (search.found || std::ranges::find(device->aliases, alias) == device->aliases.end()) continue;
    std::string note = fmt::format("device '{}' is taken as '{}' ({})", alias, name, device->title);
    search.found = FoundDevice{.device = *std::move(device), .notes = {std::move(note)}, .file = path};
  }
  return search;
}

Result<FoundDevice> find_device(const std::string& name, const Roots& roots) {
  if (is_path(name)) return FoundDevice{.device = NETFIT_TRY(read_device_file(name)), .notes = {}, .file = name};
  const Files files = list_descriptions(roots, kDevicesFolder);
  if (const auto file = files.find(name); file != files.end()) {
    return FoundDevice{.device = NETFIT_TRY(read_device_file(file->second)), .notes = {}, .file = file->second};
  }
  ByAlias search = find_by_alias(name, files);
  if (search.found) return *std::move(search.found);
  return unknown("device", name, names_of(files), search.aliases);
}

}  // namespace

Result<FoundDevice> load_device(std::string_view spec, const Roots& roots) {
  const Spec wanted = NETFIT_TRY(split_clock(spec));
  FoundDevice found = NETFIT_TRY(find_device(wanted.name, roots));
  if (wanted.clock_mhz) found.device = NETFIT_TRY(at_clock(found.device, *wanted.clock_mhz));
  if (!found.device.remark.empty()) {
    found.notes.push_back(fmt::format("device '{}': {}", found.device.name, found.device.remark));
  }
  return found;
}

Result<FoundRuntime> find_runtime(const std::string& name, const Roots& roots) {
  if (is_path(name)) return FoundRuntime{.runtime = NETFIT_TRY(read_runtime_file(name)), .file = name};
  const Files files = list_descriptions(roots, kRuntimesFolder);
  const auto file = files.find(name);
  if (file == files.end()) return unknown("runtime", name, names_of(files), {});
  return FoundRuntime{.runtime = NETFIT_TRY(read_runtime_file(file->second)), .file = file->second};
}

Result<Runtime> load_runtime(std::string_view name, const Device& device, const Roots& roots) {
  Runtime runtime = NETFIT_TRY(find_runtime(std::string(name.empty() ? device.default_runtime : name), roots)).runtime;
  if (std::ranges::find(runtime.isas, device.isa) == runtime.isas.end()) {
    return bad_usage(fmt::format("runtime '{}' does not run on device '{}' with {} (allowed: {})", runtime.name,
                                 device.name, device.isa, base::join(runtime.isas, ", ")));
  }
  return runtime;
}

std::vector<std::string> device_names(const Roots& roots) { return names_of(list_descriptions(roots, kDevicesFolder)); }

std::vector<std::string> runtime_names(const Roots& roots) {
  return names_of(list_descriptions(roots, kRuntimesFolder));
}

}  // namespace netfit::device
