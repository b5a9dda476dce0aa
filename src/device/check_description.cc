// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "device/catalog.h"
#include "device/description_files.h"
#include "device/device_file.h"
#include "device/runtime_file.h"

namespace netfit::device {
namespace fs = std::filesystem;
namespace {

// A file is found by its name, so it must carry the name that it describes.
void check_name(const std::string& name, const fs::path& path, TableReader& root) {
  if (name.empty() || path.stem() == name) return;
  root.fault("name",
             fmt::format("is '{}', and the file is called '{}'", name, base::printable(path.filename().string())));
}

void check_default_runtime(const Device& device, const Roots& roots, TableReader& root) {
  if (device.default_runtime.empty()) return;
  const auto runtimes = list_descriptions(roots, kRuntimesFolder);
  const auto file = runtimes.find(device.default_runtime);
  if (file == runtimes.end()) {
    const std::vector<std::string> names = runtime_names(roots);
    const std::optional<std::string> nearest = base::nearest_word(device.default_runtime, names);
    root.fault("default_runtime", fmt::format("is '{}', which is not known{}", device.default_runtime,
                                              nearest ? fmt::format(", did you mean '{}'?", *nearest)
                                                      : fmt::format(" (known: {})", base::join(names, ", "))));
    return;
  }
  const Result<std::string> text = read_description(file->second);
  if (!text) return;
  const Result<Runtime> runtime = parse_runtime(*text, file->second.string());
  if (!runtime || device.isa.empty()) return;
  if (std::ranges::find(runtime->isas, device.isa) == runtime->isas.end()) {
    root.fault("isa", fmt::format("is '{}', which runtime '{}' does not run on (allowed: {})", device.isa,
                                  device.default_runtime, base::join(runtime->isas, ", ")));
  }
}

// A name that two devices answer to would mean one of them by chance.
void check_aliases(const Device& device, const Roots& roots, TableReader& root) {
  for (const auto& [name, path] : list_descriptions(roots, kDevicesFolder)) {
    if (name == device.name) continue;
    const Result<std::string> text = read_description(path);
    if (!text) continue;
    const Result<Device> other = parse_device(*text, path.string());
    const std::vector<std::string> others = other ? other->aliases : std::vector<std::string>{};
    if (std::ranges::find(others, device.name) != others.end()) {
      root.fault("name", fmt::format("is '{}', an alias of device '{}'", device.name, name));
    }
    for (const std::string& alias : device.aliases) {
      if (alias == name) root.fault("aliases", fmt::format("has '{}', the name of another device", alias));
      if (std::ranges::find(others, alias) == others.end()) continue;
      root.fault("aliases", fmt::format("has '{}', an alias of device '{}' too", alias, name));
    }
  }
}

bool describes_runtime(const TableReader& root) { return root.has("isas") || root.has("efficiency"); }

}  // namespace

Result<bool> is_runtime_file(const fs::path& path) {
  const std::string text = NETFIT_TRY(read_description(path));
  const TomlNode node = NETFIT_TRY(parse_toml(text, path.string()));
  FileFaults unused(path.string());
  return describes_runtime(TableReader(node, "", unused));
}

Result<void> check_description(const fs::path& path, const Roots& roots) {
  const std::string text = NETFIT_TRY(read_description(path));
  const TomlNode node = NETFIT_TRY(parse_toml(text, path.string()));
  FileFaults faults(path.string());
  TableReader root(node, "", faults);
  if (describes_runtime(root)) {
    check_name(read_runtime(node, faults).name, path, root);
    return faults.result();
  }
  const Device device = read_device(node, faults);
  check_name(device.name, path, root);
  check_default_runtime(device, roots, root);
  check_aliases(device, roots, root);
  return faults.result();
}

}  // namespace netfit::device
